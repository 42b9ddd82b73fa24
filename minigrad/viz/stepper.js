// Shows one step of a recorded backward pass at a time. What a step looks like was worked out in Python and stands in
// the JSON beside this script; the static pictures that stand there too are hidden while this runs, but are printed.

const LOOK = `
:host { display: block; container-type: inline-size; color-scheme: light dark;
  --ink: var(--jp-content-font-color1, var(--vscode-editor-foreground, CanvasText));
  --ground: var(--jp-layout-color0, var(--vscode-editor-background, Canvas));
  --line: color-mix(in srgb, var(--ink) 55%, var(--ground));
  --shade: color-mix(in srgb, var(--ink) 8%, var(--ground)); }
slot { display: none; }
.live { color: var(--ink); background: var(--ground); border: 1px solid var(--line); border-radius: 4px;
  padding: 10px 12px; font: 14px/1.5 var(--jp-content-font-family, system-ui, sans-serif); box-sizing: border-box; max-width: 1000px; }
.controls { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
button, select { font: inherit; color: inherit; background: var(--shade); border: 1px solid var(--line);
  border-radius: 4px; padding: 3px 10px; margin: 0; min-height: 30px; }
button:hover:enabled { background: color-mix(in srgb, var(--ink) 18%, var(--ground)); }
button[aria-disabled=true] { border-style: dashed; }
.play { min-width: 5.5em; }
input { flex: 1 1 90px; min-width: 60px; margin: 0 4px; height: 26px; accent-color: #0072b2; }
select { flex: 0 1 14em; min-width: 0; }
.count { min-width: 6.5em; text-align: center; font-variant-numeric: tabular-nums; }
.main { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 10px; align-items: flex-start; }
.picture { overflow: auto; max-width: 100%; max-height: min(50vh, 640px); border-radius: 6px; }
@container (min-width: 640px) { .tall { display: grid; grid-template-columns: fit-content(60%) minmax(0, 1fr); }
  .tall .picture { max-height: min(75vh, 640px); } }
.picture svg { display: block; }
.words { flex: 1 1 250px; min-width: 0; min-height: 7em; overflow-wrap: anywhere; }
.words p { margin: 4px 0 8px; }
ul { list-style: none; margin: 0; padding: 0; }
li { margin: 0 0 6px; padding-left: 10px; border-left: 3px solid var(--line); }
code { font: 13px/1.5 var(--jp-code-font-family, ui-monospace, monospace), monospace; white-space: pre-wrap; }
:focus-visible { outline: 3px solid #0072b2; outline-offset: 1px; box-shadow: 0 0 0 2px var(--ground); }
@media print { .live { display: none; } slot { display: block; } }
`;

const BODY = `
<style></style>
<div class="live" role="group">
  <div class="controls">
    <button class="back" type="button">← Back</button>
    <button class="next" type="button">Next →</button>
    <button class="play" type="button">Play</button>
    <input type="range" min="1" aria-label="Step">
    <span class="count"></span>
    <select aria-label="Go to step"></select>
  </div>
  <div class="main">
    <div class="picture" tabindex="0" role="group" aria-label="Graph: click a box to go to its step"></div>
    <div class="words">
      <p aria-live="polite"></p>
      <ul aria-label="Formulas of this step"></ul>
    </div>
  </div>
</div>
<slot></slot>
`;

const PACE = 1200; // milliseconds a step is shown while playing
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const SMALLEST = 0.8; // how far a picture is made smaller to fit, before it scrolls

class Stepper extends HTMLElement {
  connectedCallback() {
    const data = this.querySelector("script[type='application/json']");
    if (!data) { // still being parsed
      document.addEventListener("DOMContentLoaded", () => this.isConnected && this.connectedCallback(), { once: true });
      return;
    }
    if (!this.shadowRoot) this.build(JSON.parse(data.textContent));
    this.onKey ??= event => this.key(event);
    // Notebooks take the arrow keys at the window's capture phase or soon after: only who listens there comes first.
    window.addEventListener("keydown", this.onKey, true);
    requestAnimationFrame(() => this.reveal("auto")); // once it has a place on the page
  }

  disconnectedCallback() {
    window.removeEventListener("keydown", this.onKey, true);
    this.pause();
  }

  build(film) {
    const template = document.createElement("template");
    template.innerHTML = BODY;
    const body = template.content, find = selector => body.querySelector(selector);
    this.film = film;
    this.parts = {
      back: find(".back"), next: find(".next"), play: find(".play"), slider: find("input"), count: find(".count"),
      list: find("select"), picture: find(".picture"), sentence: find("p"), formulas: find("ul"), live: find(".live"),
    };
    const { back, next, play, slider, list, picture, live } = this.parts;

    find("style").textContent = LOOK + film.style;
    live.setAttribute("aria-label", film.title);
    find(".main").classList.toggle("tall", film.tall);
    slider.max = film.steps.length;
    list.replaceChildren(...film.steps.map((step, index) => new Option(`${index + 1}. ${step.name}`, index)));
    picture.innerHTML = film.svg;
    const svg = picture.querySelector("svg"), width = svg.width.baseVal.value;
    svg.style.cssText = `width: clamp(${width * SMALLEST}px, 100%, ${width}px); height: auto`;
    this.boxes = [...picture.querySelectorAll("[data-box]")];
    for (const box of this.boxes) {
      box.append(document.createElementNS(box.namespaceURI, "g")); // for the badge
      if (film.steps.some(step => step.box === +box.dataset.box)) box.style.cursor = "pointer";
    }

    back.onclick = () => this.go(this.at - 1);
    next.onclick = () => this.go(this.at + 1);
    play.onclick = () => this.timer ? this.pause() : this.play();
    slider.oninput = () => this.go(slider.value - 1);
    list.onchange = () => this.go(+list.value);
    picture.onclick = event => this.goToBox(event.target.closest("[data-box]"));
    this.show(0);
    this.attachShadow({ mode: "open" }).append(body);
  }

  go(at) {
    this.pause();
    this.show(at);
  }

  goToBox(box) {
    if (!box) return;
    const steps = [...this.film.steps.keys()].filter(index => this.film.steps[index].box === +box.dataset.box);
    if (steps.length) this.go(steps.find(index => index > this.at) ?? steps[0]);
  }

  play() {
    if (this.at === this.film.steps.length - 1) this.show(0);
    this.timer = setInterval(() => {
      this.show(this.at + 1);
      if (this.at === this.film.steps.length - 1) this.pause();
    }, PACE);
    this.parts.play.textContent = "Pause";
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    if (this.parts) this.parts.play.textContent = "Play";
  }

  show(at) {
    const { film, parts } = this, last = film.steps.length - 1;
    this.at = at = Math.min(Math.max(at, 0), last);
    const step = film.steps[at];
    for (const box of this.boxes) {
      const { marks, facts } = film.boxes[box.dataset.box] ?? {};
      const mark = value(marks, at) ?? "";
      if (box.dataset.mark !== mark) {
        box.dataset.mark = mark;
        box.lastChild.innerHTML = film.badges[mark] ?? "";
      }
      for (const label in facts) box.querySelector(`[data-fact="${label}"]`).textContent = value(facts[label], at);
    }
    parts.sentence.textContent = step.sentence;
    parts.formulas.replaceChildren(...step.formulas.map(listItem));
    parts.count.textContent = `step ${at + 1} of ${last + 1}`;
    parts.slider.value = at + 1;
    parts.slider.setAttribute("aria-valuetext", `step ${at + 1} of ${last + 1}`);
    parts.list.value = at;
    parts.back.setAttribute("aria-disabled", at === 0); // not disabled, so that it keeps the focus
    parts.next.setAttribute("aria-disabled", at === last);
    if (this.shadowRoot) this.reveal(CALM.matches ? "auto" : "smooth");
  }

  // Scrolls to the box of the step within the picture alone: the page stays where the reader put it.
  reveal(behavior) {
    const { picture } = this.parts, box = this.boxes[this.film.steps[this.at].box];
    const frame = picture.getBoundingClientRect(), place = box.getBoundingClientRect();
    const distance = (low, high, from, to) => low < from || high > to ? (low + high - from - to) / 2 : 0;
    picture.scrollBy({
      left: distance(place.left, place.right, frame.left, frame.right),
      top: distance(place.top, place.bottom, frame.top, frame.bottom),
      behavior,
    });
  }

  key(event) {
    const path = event.composedPath();
    if (!path.includes(this) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const action = {
      ArrowLeft: () => this.go(this.at - 1),
      ArrowRight: () => this.go(this.at + 1),
      Home: () => this.go(0),
      End: () => this.go(this.film.steps.length - 1),
      " ": () => this.parts.play.click(),
    }[event.key];
    const native = isNative(path[0], event.key);
    if (!native && !action) return;
    event.stopImmediatePropagation(); // or the notebook moves to another cell, or starts to edit this one
    if (native) return;
    event.preventDefault();
    action();
  }
}

// Whether a control makes something of a key by itself.
function isNative(control, key) {
  if (control.matches("select")) return key !== "Escape" && key !== "Tab";
  if (control.matches("button")) return key === " " || key === "Enter";
  return control.matches("input, .picture") && ["ArrowUp", "ArrowDown", "PageUp", "PageDown"].includes(key);
}

// The last of the [step, value] pairs that is not later than the step.
function value(pairs, at) {
  return pairs?.findLast(([from]) => from <= at)?.[1];
}

function listItem(line) {
  const item = document.createElement("li"), code = document.createElement("code");
  code.textContent = line;
  item.append(code);
  return item;
}

if (!customElements.get(NAME)) customElements.define(NAME, Stepper);
