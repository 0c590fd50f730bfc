// What comes of a run, below the program and in place of what the build put there.
class Result {
  constructor(bar, number, figure) {
    this.bar = bar;
    this.number = number;
    this.box = bar.parentElement;
    this.status = element("span", "status", { role: "status" });
    this.progress = element("progress", "", { "aria-label": "Loading", hidden: "" });
    this.amount = element("span", "amount");
    bar.append(this.status, this.progress, this.amount);
    this.output = this.box.querySelector(".output") ?? element("pre", "output", { "aria-label": "Output" });
    this.output.setAttribute("role", "log");
    this.output.tabIndex = 0;
    this.error = element("pre", "error", { role: "alert" });
    this.drawn = element("div", "drawn", { "data-of": number });
    bar.after(this.output, this.error);
    (figure ?? this.error).after(this.drawn);
    this.built = { text: this.output.textContent, figure };
    this.show({ text: this.built.text });
  }

  // Described as the book's figure is, if the program that draws it is the book's.
  alt(isEdited) {
    this.caption = isEdited ? null : this.built.figure?.querySelector("figcaption");
    return "What the program draws now.";
  }

  say(text, kind = "") {
    this.status.textContent = text;
    this.status.className = `status ${kind}`;
    this.progress.hidden = true;
    this.amount.textContent = "";
  }

  show({ text = "", isBuilt = true }) {
    this.pending = "";
    this.output.textContent = text;
    this.error.textContent = "";
    this.error.className = "error";
    this.drawn.innerHTML = "";
    if (this.built.figure) this.built.figure.hidden = !isBuilt;
    this.refresh();
  }

  refresh() {
    this.output.hidden = !this.output.textContent;
    this.error.hidden = !this.error.textContent;
  }

  reset() {
    this.say("");
    this.stale(false);
    this.show({ text: this.built.text });
  }

  // The old result stays, faded, until there is a new one: so nothing jumps.
  stale(isStale) {
    for (const part of [this.output, this.error, this.drawn, this.built.figure])
      part?.classList.toggle("stale", isStale);
    this.isStale = isStale;
  }

  // What a run tells

  waiting() {
    this.say("Waiting for the program before");
  }

  loading({ what, bytes, of }) {
    const mega = (number) => Math.round(number / 1e6);
    const isHere = bytes >= of;
    const text = isHere ? `Starting ${what}` : `Loading ${what}`;
    if (this.status.textContent !== text) this.say(text);
    this.progress.hidden = false;
    this.progress.max = of;
    if (isHere) this.progress.removeAttribute("value");
    else this.progress.value = bytes;
    this.amount.textContent = isHere ? "" : `${mega(bytes)} of ${mega(of)} MB`;
  }

  running() {
    this.say("Running");
    this.began = performance.now();
    this.error.textContent = "";
    this.refresh();
    this.stale(true);
  }

  printed({ text }) {
    if (!this.pending) setTimeout(() => this.flush(), 16);
    this.pending += text;
  }

  flush() {
    if (!this.pending) return;
    if (this.isStale) this.clear();
    this.output.append(this.pending);
    this.pending = "";
    this.refresh();
  }

  clear() {
    const { pending } = this;
    this.stale(false);
    this.show({ isBuilt: false });
    this.pending = pending;
  }

  done(ended, judge) {
    const { error, figure, cut } = ended;
    this.flush();
    if (this.isStale) this.clear();
    if (cut) this.output.append(`\n… and ${cut.toLocaleString("en")} characters more`);
    const seconds = (performance.now() - this.began) / 1000;
    const verdict = judge?.(ended);
    if (verdict?.right) this.say(verdict.right, "right");
    else if (error) this.say(error.line ? `Error in line ${error.line} of ${error.file}` : error.kind);
    else this.say(`Ran in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`);
    if (verdict?.wrong) this.say("Not yet", "wrong");
    this.error.textContent = verdict?.wrong ?? error?.traceback ?? "";
    this.error.className = verdict?.wrong ? "error wrong" : "error";
    this.drawn.innerHTML = figure;
    this.adopt();
    this.refresh();
    if (figure) begin(); // a flipbook gets its controls
    const { top, bottom } = this.drawn.getBoundingClientRect();
    if (figure && (bottom < 0 || top > innerHeight)) this.drawn.scrollIntoView({ block: "nearest" });
  }

  // The caption that the book has for it, and the frame on which its flipbook is open.
  adopt() {
    const [drawn, built] = [this.drawn, this.built.figure].map((box) => box?.querySelector("input"));
    if (drawn && built) drawn.value = built.value;
    if (this.caption) this.drawn.querySelector("figcaption")?.replaceWith(this.caption.cloneNode(true));
  }

  failed({ why, during }) {
    this.flush();
    this.stale(false);
    const what = during === "running" ? "Python broke down" : "Python could not be loaded";
    this.say(`${what}: ${why}`, "wrong");
  }

  stopped() {
    this.flush();
    this.stale(false);
    this.say("Stopped");
  }
}
