// A program's editor: a plain text area that lies over the highlighted code and is seen through.
// Enter keeps the indentation, Tab indents, and Escape leaves, so that no key is a trap.
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
    this.show();
  }

  get text() {
    return this.area.value.replace(/\n*$/, "\n");
  }

  show() {
    this.code.innerHTML = `${highlightPython(this.area.value)} `; // the blank shows an empty last line
    this.changed();
  }

  focus(offset = 0) {
    this.area.focus();
    this.area.setSelectionRange(offset, offset);
  }

  press(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { value, selectionStart: start } = this.area;
    const line = value.slice(value.lastIndexOf("\n", start - 1) + 1, start);
    if (event.key === "Escape") this.left();
    else if (event.key === "Tab" && !event.shiftKey) this.type(" ".repeat(4 - (line.length % 4)));
    else if (event.key === "Enter")
      this.type(`\n${line.match(/^ */)[0]}${/:\s*(#.*)?$/.test(line) ? "    " : ""}`);
    else return;
    event.preventDefault();
    event.stopPropagation();
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
