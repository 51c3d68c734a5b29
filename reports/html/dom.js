"use strict";
document.documentElement.classList.add("js");

const $ = (sel, root = document) => root.querySelector(sel);
const $$ = (sel, root = document) => [...root.querySelectorAll(sel)];
const SVG = "http://www.w3.org/2000/svg";

// Text goes in as text nodes only, never as markup.
function build(node, attrs, children) {
  for (const [k, v] of Object.entries(attrs || {})) {
    if (k.startsWith("on")) node.addEventListener(k.slice(2), v);
    else if (v !== undefined && v !== false) node.setAttribute(k, v);
  }
  for (const c of children.flat(Infinity)) if (c || c === 0) node.append(c);
  return node;
}
const h = (tag, attrs, ...children) => build(document.createElement(tag), attrs, children);
const s = (tag, attrs, ...children) => build(document.createElementNS(SVG, tag), attrs, children);

// show makes characters visible that are not, but for line feeds.
const hex = (c, n) => c.charCodeAt(0).toString(16).padStart(n, "0");
const show = (text) => String(text ?? "").replace(/[\u0000-\u0009\u000b-\u001f]/g, (c) => "\\x" + hex(c, 2))
  .replace(/[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, (c) => "\\u" + hex(c, 4));
const clip = (text, n) => (text.length > n ? text.slice(0, n - 1) + "…" : text);

// span prints seconds as people read them.
function span(sec) {
  const ms = sec * 1000;
  if (ms >= 1000) return sec.toFixed(2) + " s";
  return ms.toFixed(1) + " ms";
}
const readJSON = (id) => JSON.parse(document.getElementById(id).textContent);

// copyButton copies the text of a command.
function copyButton(code) {
  const said = (text) => { button.textContent = text; setTimeout(() => { button.textContent = "Copy"; }, 1500); };
  const button = h("button", { type: "button", "aria-label": "Copy the command", onclick: async () => {
    try { await navigator.clipboard.writeText(code.textContent); said("Copied"); }
    catch { getSelection().selectAllChildren(code); said(document.execCommand("copy") ? "Copied" : "Press Ctrl+C"); }
  } }, "Copy");
  return button;
}
