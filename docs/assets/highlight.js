// Python's colors for text that the reader has written, in the classes of Pygments: a line at a time, so that
// a key in a long program costs one line. What one line leaves to the next is an open string.
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
      /(?<s2>[rbfu]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))/,
      /(?<mi>\.?\d(?:e[-+]|[\w.])*)/,
      /(?<nd>^\s*@[\w.]+)/,
      /(?<word>[\p{L}_][\p{L}\p{N}_]*)/,
      /(?<o>[-+*/%@<>=!&|^~.]+)/,
      /(?<p>\S)/,
    ]
      .map((part) => part.source)
      .join("|"),
    "giu",
  );

  const escape = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  const span = (kind, text) => text && `<span class="${kind}">${escape(text)}</span>`;

  // In an f-string what stands in braces is code again, up to its format.
  function string(prefix, quoted) {
    const parts = /f/i.test(prefix) ? quoted.split(/\{([^{}]*)\}/) : [quoted];
    const inner = (part) => {
      const [, code, format] = part.match(/^((?:[^:!]|!=|:=)*)([^]*)$/);
      return span("si", "{") + tokens(code).html + span("s2", format) + span("si", "}");
    };
    return parts.map((part, i) => (i % 2 ? inner(part) : span("s2", part))).join("");
  }

  // A line, or what of it comes after the end of a string, and the string that it leaves open.
  function tokens(text, start = 0) {
    let [html, end, open] = ["", start, ""];
    let [first, last, isModule] = ["", "", false];
    TOKENS.lastIndex = start;
    for (const match of text.matchAll(TOKENS)) {
      const [token] = match;
      const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
      html += text.slice(end, match.index);
      end = match.index + token.length;
      isModule = isModule ? token === "." || last === "." : last === first && /^(from|import)$/.test(first);
      if (kind === "s2") {
        const [, prefix, quote, rest] = token.match(/^([a-z]*)("""|'''|)([^]*)$/i);
        html += span("sa", prefix) + string(prefix, quote + rest);
        if (quote && !rest.endsWith(quote)) open = prefix + quote;
      } else if (kind !== "word") html += span(kind, token);
      else if (last === "def") html += span("nf", token);
      else if (last === "class") html += span("nc", token);
      else if (isModule || (first === "import" && last === "as")) html += span("nn", token);
      else html += span((!last.endsWith(".") && KINDS.get(token)) || "n", token);
      first ||= token;
      last = token;
    }
    return { html: html + text.slice(end), open };
  }

  function color(text, open) {
    const end = open ? text.indexOf(open.slice(-3)) + 3 : 0;
    if (open && end === 2) return { html: string(open, text), open };
    const rest = tokens(text, end);
    return { html: string(open, text.slice(0, end)) + rest.html, open: rest.open };
  }

  const known = new Map();
  return (text) => {
    let open = "";
    if (known.size > 10_000) known.clear();
    return text.split("\n").map((line) => {
      const key = `${open}\n${line}`;
      if (!known.has(key)) known.set(key, color(`${line}\n`, open));
      const { html, open: left } = known.get(key);
      open = left;
      return html;
    });
  };
})();
