/** Of the overlay alone: it stands in a shadow root, and takes nothing from the page. */
export const STYLE = `
:host {
  all: initial !important;
  position: fixed !important; inset: 0 !important; z-index: 2147483647 !important;
  display: block !important; overflow: clip !important; pointer-events: none !important;
  --sheet: #fff; --ink: #17211f; --soft: #5a6a66; --line: #d8e0dd; --wash: #eff4f2;
  --read: #0b6b50; --forbidden: #b3261e; --ignored: #5b6570; --unknown: #5b6570; --wait: #8a5a00; --on: #fff;
  --shadow: 0 1px 2px #0002, 0 12px 32px #0003;
}
.tags, .panel { color-scheme: light dark; font: 400 12px/1.45 system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif }
@media (prefers-color-scheme: dark) {
  :host {
    --sheet: #161d1b; --ink: #e8efec; --soft: #a3b3ad; --line: #34403c; --wash: #202927;
    --read: #5fd3a8; --forbidden: #ff9a8d; --ignored: #b4bfca; --unknown: #b4bfca; --wait: #f2c25b; --on: #10201a;
    --shadow: 0 1px 2px #0006, 0 12px 32px #0009;
  }
}
@media print { :host { display: none !important } }
* { box-sizing: border-box; margin: 0; padding: 0; min-width: 0 }
[hidden] { display: none !important }

.frame { position: absolute; left: 0; top: 0; color: var(--ignored) }
.frame::before {
  content: ""; position: absolute; inset: -2px; border: 1.5px solid; border-radius: 5px; opacity: .75;
}
.frame.read { color: var(--read) }
.frame.forbidden { color: var(--forbidden) }
.frame.ignored::before, .frame.unknown::before { border-style: dashed; opacity: .6 }
.frame.flash::before { animation: flash .4s ease-in-out 4 alternate; border-width: 3px; opacity: 1 }
@keyframes flash { to { inset: -6px; opacity: .2 } }
@media (prefers-reduced-motion: reduce) { .frame.flash::before { animation: none } }
.tag {
  position: absolute; display: flex; align-items: center; gap: 0; height: 15px; padding: 0 5px; border-radius: 4px;
  background: currentColor; font-size: 10.5px; line-height: 15px; white-space: nowrap; overflow: hidden;
}
.tag.above { bottom: calc(100% + 2px); border-end-end-radius: 0 }
.tag.below { top: calc(100% + 2px); border-start-end-radius: 0 }
.tag.right { right: -2px }
.tag.left { left: -2px }
.tag > * { color: var(--on); overflow: hidden; text-overflow: ellipsis }
.tag b { flex: 0 1 auto; font-weight: 600 }
.tag .block { flex: 0 99 auto; opacity: .8 }
.tag .note { flex: 0 9999 auto; opacity: .8 }
.read .short .note, .read .shortest .note, .read .shortest .block { display: none }
.tag .note:not(:empty)::before { content: " \\00b7  "; white-space: pre }
.dot { flex: none; width: 6px; height: 6px; margin-inline-end: 4px; border: 1px solid var(--on); border-radius: 50% }
.dot.filled { background: var(--on) }
.forbidden .dot { border-width: 0 0 2px; border-radius: 0; height: 4px }
.ignored .dot, .unknown .dot { display: none }

.panel {
  position: absolute; right: 16px; bottom: 16px; width: 348px; max-width: calc(100% - 16px); max-height: min(70vh, 620px);
  display: flex; flex-direction: column; overflow: hidden; pointer-events: auto;
  background: var(--sheet); color: var(--ink); border: 1px solid var(--line); border-radius: 12px;
  box-shadow: var(--shadow); overscroll-behavior: contain;
}
.panel.folded { width: max-content; max-width: min(348px, calc(100% - 16px)) }
.panel.at-top { top: 16px; bottom: auto }
.panel.at-left { left: 16px; right: auto }
.bar {
  flex: none; display: flex; align-items: center; gap: 8px; padding: 8px 8px 6px 4px; cursor: grab; touch-action: none;
  user-select: none; -webkit-user-select: none;
}
.bar:active { cursor: grabbing }
.brand { font-size: 13px; letter-spacing: -.01em }
button { font: inherit; color: inherit; background: none; border: 0; border-radius: 6px; cursor: pointer }
:focus-visible { outline: 2px solid var(--read); outline-offset: 1px }
.grip { flex: none; width: 20px; height: 24px; cursor: inherit; opacity: .5;
  background: radial-gradient(circle, currentColor 1.2px, transparent 1.5px) center / 6px 6px; background-clip: content-box;
  padding: 3px 4px }
.state {
  padding: 1px 8px; border-radius: 9px; background: var(--wash); color: var(--soft); font-weight: 600; font-size: 11px;
}
.state.saved { background: var(--read); color: var(--on) }
.state.retrying, .state.off { background: var(--forbidden); color: var(--on) }
.state.waiting, .state.pending, .state.saving { background: var(--wait); color: var(--on) }
.fold { margin-inline-start: auto; padding: 3px 9px; color: var(--soft) }
.fold:hover, .row:hover { background: var(--wash) }
.headline { flex: none; padding: 0 14px 6px; font-size: 14px; line-height: 1.35; font-weight: 600; letter-spacing: -.005em }
.body { flex: 1; overflow: auto; padding: 0 0 6px; scrollbar-width: thin }
.hint { flex: none; padding: 0 14px 10px; color: var(--soft) }
.steps { list-style: none; padding: 8px 14px; border-top: 1px solid var(--line) }
.steps li { display: grid; grid-template-columns: 12px 62px 1fr; gap: 8px; padding: 2px 0; align-items: baseline }
.steps b { font-weight: 600 }
.steps span { color: var(--soft) }
.mark { width: 12px; height: 12px; align-self: start; margin-top: 3px; border-radius: 50%; border: 1.5px solid var(--soft) }
.mark { position: relative; opacity: .7 }
.done .mark { background: var(--read); border-color: var(--read); opacity: 1 }
.done .mark::after {
  content: ""; position: absolute; left: 2.4px; top: .3px; width: 2.6px; height: 5.4px; border: solid var(--on);
  border-width: 0 1.5px 1.5px 0; rotate: 42deg;
}
.missing .mark { background: var(--wait); border-color: var(--wait); opacity: 1 }
.missing .mark::after {
  content: ""; position: absolute; left: 3.75px; top: 1.6px; width: 1.5px; height: 5.8px; background:
  linear-gradient(var(--on) 0 60%, transparent 60% 78%, var(--on) 78%);
}
.missing span { color: inherit }
details { border-top: 1px solid var(--line) }
summary { padding: 7px 14px; font-weight: 600; cursor: pointer; list-style: none; display: flex; gap: 6px }
summary::-webkit-details-marker { display: none }
summary::before { content: ""; align-self: center; border: 4px solid transparent; border-inline-start: 5px solid var(--soft);
  margin-inline-end: -3px }
[open] > summary::before { rotate: 90deg; translate: -2px 2px }
.beside { color: var(--soft); font-weight: 400 }
.lead, .fields { padding: 0 8px 8px }
.none { padding: 0 6px; color: var(--soft) }
dl > div { display: grid; grid-template-columns: minmax(0, 11fr) minmax(0, 10fr); gap: 8px; padding: 1.5px 6px }
dt { color: var(--soft); overflow-wrap: anywhere }
dd { white-space: pre-line; overflow-wrap: anywhere; padding-inline-start: 11px; position: relative }
dd::before { content: ""; position: absolute; left: 0; top: 6px; width: 5px; height: 5px; border-radius: 50%;
  border: 1px solid var(--wait) }
.sent dd::before { background: var(--read); border-color: var(--read) }
.row { display: grid; grid-template-columns: minmax(0, 9fr) minmax(0, 11fr); gap: 0 8px; width: 100%; padding: 3px 6px;
  text-align: start }
.row > * { overflow-wrap: anywhere }
.name { font-weight: 600 }
.path { color: var(--ignored) }
.read .path { color: var(--read) }
.forbidden .path { color: var(--forbidden) }
.why { grid-column: 1 / -1; color: var(--soft); font-size: 11px }
@media (max-width: 719px) {
  .panel { right: 8px; bottom: 8px; left: 8px; width: auto; max-width: none; max-height: 52vh }
  .panel.at-top { top: 8px; bottom: auto }
  .panel.at-left { left: 8px }
  .panel.folded .hint { display: none }
  .panel.folded .headline { font-size: 13px }
}
`;
