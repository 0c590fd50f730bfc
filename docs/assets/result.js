// Which cells of a lab have run, if there were several.
const cells = ({ first, last }) => (!last ? "" : first === last ? `cell ${last} ` : `cells ${first} to ${last} `);

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
    this.verdict = element("p", "verdict", { role: "alert" });
    this.error = element("pre", "error", { role: "alert" });
    this.drawn = element("div", "drawn", { "data-of": number });
    bar.after(this.verdict, this.output, this.error);
    (figure ?? this.error).after(this.drawn);
    this.built = { text: this.output.textContent, figure };
    this.show({ text: this.built.text });
  }

  // Described as the book's figure is, if the program that draws it is the book's.
  alt(isEdited) {
    this.caption = isEdited ? null : this.built.figure?.querySelector("figcaption");
    return "What the program draws now.";
  }

  say(text, kind = "", ...more) {
    this.status.replaceChildren(text, ...more);
    this.status.className = `status ${kind}`;
    this.progress.hidden = true;
    this.amount.textContent = "";
  }

  show({ text = "", isBuilt = true }) {
    this.pending = "";
    this.output.textContent = text;
    this.error.textContent = "";
    this.judge("");
    this.drawn.innerHTML = "";
    if (this.built.figure) this.built.figure.hidden = !isBuilt;
    this.refresh();
  }

  // One clear line: right, not yet and why, or a hint.
  judge(text, kind = "") {
    this.verdict.textContent = text;
    this.verdict.className = `verdict ${kind}`;
    if (text) this.verdict.scrollIntoView({ block: "nearest" });
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
    for (const part of [this.verdict, this.output, this.error, this.drawn, this.built.figure])
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
    this.judge("");
    this.refresh();
    this.stale(true);
  }

  // Of a lab's cells, those that still hold do not run again.
  begun({ cell, of }) {
    this.say(`Running cell ${cell} of ${of}`);
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
    const verdict = judge?.(ended);
    if (verdict) this.say("");
    else if (error) this.sayWhere(error);
    else {
      const holds = !this.output.textContent && !figure && /^ *assert /m.test(this.box.querySelector("code").textContent);
      this.say(`Ran ${cells(ended)}in ${this.seconds} s${holds ? ": every assertion holds" : ""}`);
    }
    const { help = "" } = error ?? {};
    if (verdict?.right) this.judge("Right.", "right");
    else if (verdict) this.judge(`Not yet: ${verdict.wrong} ${verdict.fails ? help : ""}`.trim(), "wrong");
    else this.judge(help, "hint");
    this.error.textContent = (!verdict || verdict.fails) && error ? error.traceback : "";
    this.drawn.innerHTML = figure;
    this.adopt();
    this.refresh();
    if (figure) begin(); // a flipbook gets its controls
  }

  // The caption that the book has for it, and the frame on which its flipbook is open.
  adopt() {
    const [drawn, built] = [this.drawn, this.built.figure].map((box) => box?.querySelector("input"));
    if (drawn && built) drawn.value = built.value;
    if (this.caption) this.drawn.querySelector("figcaption")?.replaceWith(this.caption.cloneNode(true));
  }

  get seconds() {
    const seconds = (performance.now() - this.began) / 1000;
    return seconds < 10 ? seconds.toFixed(1) : Math.round(seconds);
  }

  // An error in another program of the chain is a link to its line.
  sayWhere({ kind, line, place }) {
    if (!line) return this.say(kind);
    if (!place) return this.say(`Error in line ${line}`);
    const link = element("a", "", { href: `#line-${line}-of-${place.box.id}` });
    link.textContent = `line ${line} of ${place.name}`;
    this.say("Error in ", "", link);
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
