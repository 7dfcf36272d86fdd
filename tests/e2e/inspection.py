"""What is asked of every page, by looking at it as the browser drew it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

TAB_STEPS = 30
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}

LOOK = r"""() => {
  const root = document.documentElement, faults = [];
  const seen = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    && !element.closest(".visually-hidden, .skip-link, [hidden]");
  const told = element => element.tagName.toLowerCase() + (element.id ? "#" + element.id : "")
    + " " + (element.innerText || element.name || "").trim().slice(0, 20);
  if (root.lang !== "ja") faults.push("html lang is " + root.lang);
  if (/[<>]/.test(document.title)) faults.push("markup in the title: " + document.title);
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (!document.querySelector(".sample-ribbon")) faults.push("no サンプル ribbon");
  if (root.scrollWidth > root.clientWidth) faults.push("wider than the window by " + (root.scrollWidth - root.clientWidth));
  for (const frame of document.querySelectorAll(".table-frame"))
    if (seen(frame) && !frame.closest("details") && frame.scrollWidth > frame.clientWidth + 1)
      faults.push("columns out of sight in " + frame.getAttribute("aria-label"));
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) faults.push("id twice: " + id);
  if (document.querySelectorAll("main .button-primary").length > 1) faults.push("more than one first act");

  for (const element of document.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (!seen(element) || element.type === "hidden" || element.disabled) continue;
    if (element.tabIndex < 0) faults.push("no Tab reaches " + told(element));
    const named = element.labels && element.labels.length || element.getAttribute("aria-label")
      || element.getAttribute("aria-labelledby") || (element.textContent || "").trim();
    if (!named) faults.push("no name: " + element.outerHTML.slice(0, 60));
  }

  const channel = value => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
  const light = colour => 0.2126 * channel(colour[0]) + 0.7152 * channel(colour[1]) + 0.0722 * channel(colour[2]);
  const numbers = text => text.match(/[\d.]+/g).map(Number);
  const ground = element => {
    for (let place = element; place; place = place.parentElement) {
      const style = getComputedStyle(place);
      if (style.backgroundImage !== "none") return null;
      const colour = numbers(style.backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  for (const element of document.querySelectorAll("body *")) {
    if (!seen(element) || element.closest("svg, option")) continue;
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.nodeValue.trim())) continue;
    const under = ground(element), style = getComputedStyle(element);
    if (!under || element.disabled) continue;
    const both = [light(numbers(style.color)), light(under)].sort((one, other) => other - one);
    const big = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && parseInt(style.fontWeight) >= 700);
    const ratio = (both[0] + 0.05) / (both[1] + 0.05);
    if (ratio < (big ? 3 : 4.5)) faults.push("hard to read (" + ratio.toFixed(1) + "): " + told(element));
  }
  return faults;
}"""

FOCUS = r"""() => {
  const element = document.activeElement;
  if (!element || element === document.body) return "";
  const style = getComputedStyle(element), box = element.getBoundingClientRect();
  const row = element.matches("tr") && getComputedStyle(element.cells[0]).boxShadow !== "none";
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none" || row;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const what = element.tagName.toLowerCase() + " " + (element.innerText || element.name || element.id || "").trim().slice(0, 20);
  return ring && inside ? "ok" : (ring ? "focus out of the window: " : "focus not to be seen: ") + what;
}"""


def faults_of(page: Page) -> list[str]:
    """Everything wrong with the page as it stands, in words; empty when nothing is."""
    found: Any = page.evaluate(LOOK)
    return [*found, *_faults_of_focus(page)]


def _faults_of_focus(page: Page) -> list[str]:
    """Walk with the Tab key: the focus must always be somewhere, in the window, and to be seen.

    Spoken to the browser directly: thousands of steps are the most of the whole walk, and this way they cost half.
    """
    faults = []
    keys = page.context.new_cdp_session(page)
    for step in range(TAB_STEPS):
        keys.send("Input.dispatchKeyEvent", TAB)
        found = keys.send("Runtime.evaluate", {"expression": f"({FOCUS})()", "returnByValue": True})["result"]["value"]
        if found == "":
            if step == 0:
                faults.append("the Tab key leads nowhere")
            break
        if found != "ok":
            faults.append(found)
    keys.detach()
    return faults
