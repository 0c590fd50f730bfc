// Python's colors for text that the reader has written, in the classes of Pygments.
const highlightPython = (() => {
  const words = (text) => text.split(" ");
  const KINDS = new Map([
    ...words(
      "as assert async await break class continue def del elif else except finally for global if " +
        "lambda nonlocal pass raise return try while with yield",
    ).map((word) => [word, "k"]),
    ...words("from import").map((word) => [word, "kn"]),
    ...words("None True False").map((word) => [word, "kc"]),
    ["self", "bp"],
    ...words("and in is not or").map((word) => [word, "ow"]),
    ...words(
      "abs all any bool dict enumerate filter float format frozenset getattr hasattr input int " +
        "isinstance iter len list map max min next object open pow print range repr reversed round " +
        "set sorted staticmethod str sum super tuple type zip",
    ).map((word) => [word, "nb"]),
  ]);
  const TOKENS = new RegExp(
    [
      /(?<c1>#.*)/,
      /(?<s2>[rbfu]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
      /(?<mi>(?<![\w)\]])\.?\d[\w.]*(?:(?<=e)[-+]\d+)?)/,
      /(?<nd>(?<=^[ \t]*)@[\w.]+)/,
      /(?<word>[\p{L}_][\p{L}\p{N}_]*)/,
      /(?<o>[-+*/%@<>=!&|^~.]+)/,
      /(?<p>[^\s])/,
    ]
      .map((part) => part.source)
      .join("|"),
    "gimu",
  );

  const escape = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const span = (kind, text) => text && `<span class="${kind}">${escape(text)}</span>`;

  // In an f-string what stands in braces is code again, up to its format.
  function string(text) {
    const [, prefix, quoted] = text.match(/^([a-z]*)([^]*)$/i);
    const parts = /f/i.test(prefix) ? quoted.split(/\{([^{}]*)\}/) : [quoted];
    const inner = (part) => {
      const [, code, format] = part.match(/^((?:[^:!]|!=|:=)*)([^]*)$/);
      return span("si", "{") + highlight(code) + span("s2", format) + span("si", "}");
    };
    return span("sa", prefix) + parts.map((part, i) => (i % 2 ? inner(part) : span("s2", part))).join("");
  }

  function kindOf(word, before) {
    if (/\bdef\s+$/.test(before)) return "nf";
    if (/\bclass\s+$/.test(before)) return "nc";
    const line = before.slice(before.lastIndexOf("\n") + 1);
    if (/^\s*(from|import)\s+[\w.]*$|^\s*import\s.*\bas\s+$/.test(line)) return "nn";
    return (!before.endsWith(".") && KINDS.get(word)) || "n";
  }

  function highlight(text) {
    let html = "";
    let end = 0;
    for (const match of text.matchAll(TOKENS)) {
      const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
      html += escape(text.slice(end, match.index));
      end = match.index + match[0].length;
      if (kind === "s2") html += string(match[0]);
      else if (kind === "word") html += span(kindOf(match[0], text.slice(0, match.index)), match[0]);
      else html += span(kind, match[0]);
    }
    return html + escape(text.slice(end));
  }
  return highlight;
})();
