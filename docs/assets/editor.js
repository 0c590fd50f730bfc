// A program's editor: a plain text area that lies over the highlighted code and is seen through.
// Enter keeps the indentation, Tab and Shift+Tab change it, and Escape leaves, so that no key is a trap.
class Editor {
  constructor(code, { label, changed, left }) {
    this.code = code;
    this.changed = changed;
    this.left = left;
    this.area = Object.assign(document.createElement("textarea"), {
      className: "editor",
      spellcheck: false,
      autocapitalize: "off",
      autocomplete: "off",
      wrap: "off",
      rows: 1,
      value: code.textContent.replace(/\n$/, ""),
    });
    this.area.setAttribute("autocorrect", "off");
    this.area.setAttribute("aria-label", label);
    this.area.setAttribute("aria-description", "Escape leaves the editor, Control and Enter run");
    this.area.addEventListener("input", () => this.show());
    this.area.addEventListener("keydown", (event) => this.press(event));
    this.frame = code.closest(".highlight");
    this.frame.classList.add("editing");
    this.frame.append(this.area);
    this.lines = [];
    code.textContent = "";
    this.show();
  }

  get text() {
    return this.area.value.replace(/\n*$/, "\n");
  }

  // Only the lines that have changed are put in place; each is an element, so that no other is laid out anew.
  show() {
    const [before, lines] = [this.lines, highlightPython(this.area.value)];
    const least = Math.min(before.length, lines.length);
    let [above, below] = [0, 0];
    while (above < least && lines[above] === before[above]) above++;
    while (below < least - above && lines.at(-1 - below) === before.at(-1 - below)) below++;
    const { children } = this.code;
    for (let i = lines.length; i < before.length; i++) children[above].remove();
    for (let i = before.length; i < lines.length; i++)
      this.code.insertBefore(document.createElement("span"), children[above] ?? null);
    for (let i = above; i < lines.length - below; i++) children[i].innerHTML = lines[i];
    this.lines = lines;
    const widths = this.area.value.split("\n").map((line) => line.replace(/[\t\u3000-\uffff]/g, "wide").length);
    this.code.style.setProperty("--columns", Math.max(...widths));
    this.changed();
  }

  focus(offset = 0) {
    this.area.setSelectionRange(offset, offset); // first, or it would scroll to where the caret was
    this.area.focus();
  }

  press(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { value, selectionStart: start, selectionEnd: end } = this.area;
    const line = value.slice(value.lastIndexOf("\n", start - 1) + 1, start);
    if (event.key === "Escape") this.left();
    else if (event.key === "Tab" && (event.shiftKey || value.slice(start, end).includes("\n"))) {
      if (!this.indent(event.shiftKey)) return; // back to what is before the editor
    } else if (event.key === "Tab") this.type(" ".repeat(4 - (line.length % 4)));
    else if (event.key === "Backspace" && start === end && /^( {4})+$/.test(line)) {
      this.area.setSelectionRange(start - 4, start); // a level, as Tab gives one
      return;
    } else if (event.key === "Enter")
      this.type(`\n${line.match(/^ */)[0]}${/:\s*(#.*)?$/.test(line) ? "    " : ""}`);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Indent the lines of the selection, or take an indentation from them, if they have one.
  indent(isLess) {
    const { value, selectionStart: start, selectionEnd: end } = this.area;
    const first = value.lastIndexOf("\n", start - 1) + 1;
    const last = Math.max(start, value[end - 1] === "\n" ? end - 1 : end);
    const lines = value.slice(first, last);
    const changed = isLess ? lines.replace(/^ {1,4}/gm, "") : lines.replace(/^(?=.)/gm, "    ");
    if (changed === lines) return false;
    this.area.setSelectionRange(first, last);
    this.type(changed);
    const caret = Math.max(first, start + changed.length - lines.length);
    if (start === end) this.area.setSelectionRange(caret, caret);
    else this.area.setSelectionRange(first, first + changed.length);
    return true;
  }

  // The old command, because what it types can be undone.
  type(text) {
    if (!document.execCommand("insertText", false, text)) {
      const { selectionStart, selectionEnd } = this.area;
      this.area.setRangeText(text, selectionStart, selectionEnd, "end");
      this.show();
    }
  }

  close() {
    this.area.remove();
    this.frame.classList.remove("editing");
  }
}
