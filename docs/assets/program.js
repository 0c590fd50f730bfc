// A program on a page: its buttons, and what the reader makes of it.
function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// A chain as one text, as it is now or as it was built.
const whole = (chain, when) => chain.map((part) => (when === "now" ? part.text : part.built.text)).join("\n");

// As the page names a program, beside its number; errors name it so, too.
const NAMES = { starter: "answer", wrong: "answer", check: "check", cell: "cell" };

// Lines as the build makes them: each an element of its own.
const inLines = (lines) => lines.map((line) => `<span>${line}</span>`).join("");

class Program {
  constructor(box, number, figure, page) {
    Object.assign(this, { box, number, page, job: null, editor: null, hasRun: false });
    this.role = box.dataset.role;
    this.code = box.querySelector("code");
    this.built = { html: this.code.innerHTML, text: this.code.textContent };
    this.makeBar();
    this.result = new Result(this.bar, number, figure);
    if (Python.lacks) this.result.say(`Programs do not run in this browser: it has no ${Python.lacks}`);
    const edited = kept.get("edits")[kept.page]?.[this.built.text];
    if (edited !== undefined && this.buttons.edit) this.put(edited);
    this.refresh();
  }

  get name() {
    const name = NAMES[this.role] ?? "program";
    return /program|cell/.test(name) ? `${name} ${this.box.id.match(/\d+/)}` : `the ${name}`;
  }

  makeBar() {
    this.bar = element("div", "bar", { role: "group", "aria-label": `Program ${this.number}` });
    this.buttons = {};
    const add = (name, label, press) => {
      const button = element("button", name, { type: "button" });
      button.textContent = label;
      button.addEventListener("click", press);
      this.buttons[name] = button;
      this.bar.append(button);
    };
    if (Python.isHere) {
      if (this.role) this.box.classList.add(this.role);
      if (["starter", "wrong", "check"].includes(this.role))
        add("check", "Check", () => this.exercise.run(this.role === "check" ? this.exercise.starter : this));
      if (this.role !== "check") {
        add("run", "Run", () => this.run());
        this.buttons.run.title = Python.weight;
        add("edit", "Edit", () => (this.editor ? this.leave() : this.edit()));
        add("reset", "Reset", () => this.reset());
      }
      this.box.addEventListener("keydown", (event) => this.press(event));
    }
    add("copy", "Copy", () => this.copy());
    if (Python.isHere) add("stop", "Stop", () => Python.stop(this.job));
    this.bar.append(element("span", "edited"));
    this.box.querySelector(".highlight").after(this.bar);
  }

  get text() {
    return this.editor ? this.editor.text : this.code.textContent;
  }

  get isEdited() {
    return this.text !== this.built.text;
  }

  // The programs that run as one: a check and the reader's answer, a lab's cells up to this one.
  get chain() {
    if (this.role === "cell") return this.page.slice(0, this.number);
    const line = this.box.dataset.continues;
    const before = this.role === "check" ? this.exercise.starter : this.page.find((p) => p.box.dataset.line === line);
    return [...(before?.chain ?? []), this];
  }

  // Whether another text made what stands below: the build's, or that of the last run.
  get isOld() {
    if (this.role === "check") return false;
    return whole(this.chain, "now") !== (this.made ?? whole(this.chain, "built"));
  }

  refresh() {
    const { run, check, edit, reset, stop } = this.buttons;
    if (!this.job) this.result.stale(this.isOld);
    const edited = this.isEdited;
    this.box.classList.toggle("is-edited", edited);
    this.box.classList.toggle("has-run", this.hasRun);
    this.bar.querySelector(".edited").textContent = edited ? "edited" : "";
    if (!Python.isHere) return;
    for (const button of [run, check]) button?.setAttribute("aria-disabled", Boolean(this.job));
    const first = check ?? run;
    first.textContent = this.hasFailed ? "Try again" : check ? "Check" : "Run";
    if (!this.job && document.activeElement === stop) first.focus();
    stop.hidden = !this.job;
    if (edit) edit.textContent = this.editor ? "Done" : "Edit";
    if (reset) reset.hidden = !edited && !this.hasRun;
  }

  press(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    (this.buttons.check ?? this.buttons.run).click();
  }

  // Run the chain, or another one in its place, with a judge of how it ended.
  run(chain = this.chain, judge = null) {
    if (this.job) return;
    const isAlone = chain.length === 1 && this.role !== "cell";
    const file = ({ name }) => `${name.replace("the ", "").replace(" ", "-")}.py`;
    this.page.forEach((program) => program.mark(null));
    const made = whole(this.chain, "now");
    this.job = {
      parts: chain.map((part) => [isAlone ? "program.py" : file(part), part.text]),
      cells: this.role === "cell",
      name: `run-${this.number}`,
      alt: this.result.alt(chain.some((part) => part.isEdited)),
      element: this.box,
      text: this.built.text,
      hear: (what, data) => {
        if (["done", "failed", "stopped"].includes(what)) {
          this.job = null;
          this.hasRun = what === "done";
          if (what === "done" || !this.result.isStale) this.made = made;
          this.hasFailed = what === "failed" && data.during === "loading";
          const place = chain[data?.error?.part];
          place?.mark(data.error.line);
          if (place && place !== this) data.error.place = place;
        }
        this.result[what](data, judge);
        if (!["printed", "begun"].includes(what)) this.refresh();
      },
    };
    Python.run(this.job);
    this.refresh();
  }

  // The line of an error, which links lead to.
  mark(line) {
    const before = this.code.querySelector(".marked");
    before?.classList.remove("marked");
    before?.removeAttribute("id");
    const marked = line && this.code.children[line - 1];
    this.box.classList.toggle("is-wrong", Boolean(marked));
    if (!marked) return;
    marked.classList.add("marked");
    marked.id = `line-${line}-of-${this.box.id}`;
  }

  edit(offset) {
    this.editor = new Editor(this.code, {
      label: `Program ${this.number}`,
      changed: () => this.keep(),
      left: () => this.leave(),
    });
    this.editor.focus(offset);
    this.result.say("Ctrl+Enter runs it, Esc ends");
    this.refresh();
  }

  leave() {
    const { text } = this.editor;
    this.editor.close();
    this.editor = null;
    this.put(text);
    this.buttons.edit.focus();
  }

  put(text) {
    this.box.classList.remove("is-wrong");
    this.code.innerHTML = text === this.built.text ? this.built.html : inLines(highlightPython(text.replace(/\n$/, "")));
    this.refresh();
  }

  keep() {
    this.mark(null);
    kept.change("edits", (edits) => {
      delete edits[this.built.text];
      if (this.isEdited) edits[this.built.text] = this.text;
    });
    for (const program of this.page) {
      if (program.isOld && !program.job) program.result.say("");
      program.refresh(); // those that go on from here, too
    }
  }

  reset() {
    Python.stop(this.job);
    this.editor?.close();
    this.editor = null;
    this.hasRun = false;
    this.result.reset();
    this.made = undefined;
    this.put(this.built.text);
    this.keep();
    this.buttons.edit.focus();
  }

  async copy() {
    const text = this.chain.map((part) => part.text).join("\n");
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = element("textarea", "editor"); // without https there is no clipboard
      area.value = text;
      this.bar.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      this.buttons.copy.focus();
    }
    this.result.say("Copied");
  }
}
