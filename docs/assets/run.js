// Every page: its programs and exercises, and how far the reader is.
const root = new URL("..", document.currentScript.src);

// What the reader did stays in the reader's browser, if that allows it.
const kept = {
  pageOf(address) {
    return address.startsWith(root.href) ? address.slice(root.href.length).replace(/(index\.html)?([?#].*)?$/, "") : null;
  },
  get page() {
    return this.pageOf(location.href);
  },
  get(name) {
    try {
      return JSON.parse(localStorage.getItem(root.pathname + name)) ?? {};
    } catch {
      return {};
    }
  },
  change(name, change) {
    const all = this.get(name);
    change((all[this.page] ??= {}));
    try {
      localStorage.setItem(root.pathname + name, JSON.stringify(all));
    } catch {
      // full, or forbidden: then it is not kept
    }
  },
};

// An exercise: the reader's answer stands in the starter, and the check says whether it is right.
class Exercise {
  constructor(block, programs) {
    [this.starter, this.check] = ["starter", "check"].map((role) => programs.find((p) => p.role === role));
    for (const program of programs) program.exercise = this;
    this.block = block;
    this.title = block.querySelector(".admonition-title");
    this.name = this.title.textContent.trim();
    this.mark = element("span", "solved");
    this.title.append(this.mark);
    if (this.starter.buttons.edit) this.starter.code.addEventListener("click", () => this.open());
    this.refresh();
  }

  // A click into the starter edits it, where the click was.
  open() {
    const { anchorNode, anchorOffset, isCollapsed } = getSelection();
    if (this.starter.editor || !isCollapsed) return;
    const before = document.createRange();
    before.selectNodeContents(this.starter.code);
    if (this.starter.code.contains(anchorNode)) before.setEnd(anchorNode, anchorOffset);
    this.starter.edit(before.toString().length);
  }

  run(answer) {
    answer.box.scrollIntoView({ block: "nearest" });
    answer.run([answer, this.check], (ended) => this.judge(ended, answer.text));
  }

  judge({ error, whole }, answer) {
    if (!error && !whole) return { wrong: "the answer ends the program before the check has run to its end." };
    if (!error && /__(eq|ne|array_ufunc)__|\bmock\b/.test(answer))
      return { wrong: "what is equal to everything proves nothing: return a value." };
    if (!error) {
      kept.change("progress", (solved) => (solved[this.name] = true));
      this.refresh();
      showProgress();
      return { right: true };
    }
    if (error.part !== 1) return { wrong: `the answer fails${error.line ? ` in line ${error.line}` : ""}.`, fails: true };
    if (error.kind === "AssertionError" && error.message) return { wrong: error.message };
    const line = this.check.text.split("\n")[error.line - 1]?.trim();
    if (error.kind === "AssertionError") return { wrong: `the check asks for this: ${line}` };
    return { wrong: `with this answer the check cannot go on: ${line}\n${error.kind}: ${error.message}` };
  }

  refresh() {
    const isSolved = Boolean(kept.get("progress")[kept.page]?.[this.name]);
    this.block.classList.toggle("is-solved", isSolved);
    this.mark.textContent = isSolved ? "solved" : "";
  }
}

// Beside each chapter in the contents, how many of its exercises are solved.
function showProgress() {
  const solved = kept.get("progress");
  for (const link of document.querySelectorAll(".md-nav--primary a.md-nav__link, .contents a")) {
    const page = kept.pageOf(link.href);
    const total = book.exercises?.[page];
    const done = Math.min(total, Object.keys(solved[page] ?? {}).length);
    link.querySelector(".reached")?.remove();
    if (!total || !done || link.hash) continue;
    const label = `${done} of ${total} exercises solved`;
    const mark = element("span", "reached", { title: label, "aria-label": label, role: "img" });
    mark.textContent = done === total ? "✓" : `${done}/${total}`;
    link.append(mark);
  }
}

function beginPage() {
  here = location.pathname; // for what comes of a link within the page
  Python.leave();
  const all = [...document.querySelectorAll(".md-content .program, .md-content .figure")];
  const page = [];
  all.forEach((box, i) => {
    if (!box.matches(".program") || box.querySelector(".bar")) return;
    const figure = all[i + 1]?.matches(".figure") ? all[i + 1] : null;
    page.push(new Program(box, page.length + 1, figure, page));
  });
  for (const block of document.querySelectorAll(".md-content .exercise")) {
    const inside = page.filter((program) => block.contains(program.box) && program.role);
    if (inside.length >= 3) new Exercise(block, inside);
  }
  showProgress();
  const interrupted = page.find(({ built }) => built.text === Python.interrupted);
  Python.interrupted = null;
  (interrupted?.buttons.check ?? interrupted?.buttons.run)?.click();
}

window.document$ ? document$.subscribe(beginPage) : document.addEventListener("DOMContentLoaded", beginPage);
