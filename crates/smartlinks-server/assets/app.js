// The pages work without this. It swaps parts of pages, keeps live parts fresh, copies, asks in a dialog and shows
// times in the reader's zone. Whatever fails falls back to a link.
const $ = (selector, root = document) => [...root.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);
const say = (text) => { byId("said").textContent = text ?? ""; };
const lang = document.documentElement.lang;
const words = document.body.dataset;

// Times: the reader's zone first, UTC beside it.
const dates = lang === "en" ? "en-GB" : lang;
const clock = new Intl.DateTimeFormat(dates, { dateStyle: "long", timeStyle: "short" });
const zone = new Intl.DateTimeFormat(dates, { timeZoneName: "short" });
const local = (time) => {
  const at = new Date(time.dateTime);
  const name = zone.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
  return at.getTimezoneOffset() ? `${clock.format(at)} ${name}` : "";
};
const showTimes = (root) => {
  for (const time of $("time[data-zone]", root)) {
    const here = local(time);
    if (here) { time.title = time.textContent; time.textContent = `${here} (${time.textContent.match(/\d\d:\d\d UTC/)})`; }
    time.removeAttribute("data-zone");
  }
  for (const time of $("time[title]:not([data-zoned])", root)) {
    const here = local(time);
    if (here && !time.title.includes(here)) time.title = `${here} · ${time.title}`;
    time.dataset.zoned = "";
  }
};
const prepare = (root) => { showTimes(root); for (const button of $("[data-copy]", root)) button.hidden = false; follow(); };

// Swapping: the answer is a whole page; the parts with these ids are taken.
let last;
const load = async (ids, url, options = {}) => {
  last?.abort();
  last = new AbortController();
  const parts = ids.map(byId).filter(Boolean);
  for (const part of parts) { part.dataset.loading = words.loading; part.setAttribute("aria-busy", "true"); }
  try {
    const answer = await fetch(url, { ...options, signal: last.signal, headers: { ...options.headers, "X-Fragment": ids.join(" ") } });
    const type = answer.headers.get("content-type") ?? "";
    const page = type.startsWith("text/html") && new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page || !ids.every((id) => page.getElementById(id))) throw Object.assign(new Error("another page"), { at: answer.redirected && answer.url });
    place(ids, page);
    return { page, at: answer.redirected || !options.method ? answer.url : location.href };
  } finally {
    for (const part of parts) part.removeAttribute("aria-busy");
  }
};
const place = (ids, page) => {
  const active = document.activeElement;
  const among = (id) => $("a, button, input, select, summary", byId(id));
  const spot = ids.map((id) => [id, among(id).indexOf(active)]).find(([, index]) => index >= 0);
  const open = new Set($("details[open][id]").map((one) => one.id));
  for (const id of ids) {
    const part = document.importNode(page.getElementById(id), true);
    byId(id)?.replaceWith(part);
    for (const one of $("details[id]", part)) if (open.has(one.id)) one.open = true;
    prepare(part);
  }
  if (!active?.isConnected) {
    const same = spot && among(spot[0])[spot[1]];
    const target = (active.id && byId(active.id)) || (same?.tagName === active.tagName && same) || byId(ids.at(-1));
    if (target.matches("div, section, ol")) target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
};
const visit = async (ids, url, options, leave) => {
  try {
    const { page, at } = await load(ids, url, options);
    document.title = page.title;
    if (at !== location.href) history.pushState(null, "", at);
    for (const nav of $(".tabs, .langs")) nav.replaceWith(...$(`.${nav.className}`, page));
    const news = $("[role=alert] .what, [role=status] .what, .answer p", byId(ids[0]))[0];
    say(news?.textContent.trim() || words.updated);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (error.at) location.assign(error.at); else leave();
  }
};
const idsOf = (element) => element.dataset.swap.split(" ");

addEventListener("click", async (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const target = event.target.closest("[data-copy], [data-close], a[data-ask], a[data-swap]");
  if (!target) return;
  if (target.dataset.copy !== undefined) {
    try { await navigator.clipboard.writeText(target.dataset.copy); } catch { return getSelection().selectAllChildren(target.previousElementSibling); }
    const label = target.textContent;
    target.textContent = target.dataset.copied;
    say(target.dataset.copied);
    setTimeout(() => { target.textContent = label; }, 2000);
  } else if (target.dataset.close !== undefined) {
    if (byId("ask").open) { event.preventDefault(); byId("ask").close(); }
  } else if (target.dataset.ask !== undefined) {
    event.preventDefault();
    try {
      const page = new DOMParser().parseFromString(await (await fetch(target.href)).text(), "text/html");
      byId("ask").replaceChildren(document.importNode(page.getElementById("confirm"), true));
      byId("ask").setAttribute("aria-labelledby", "ask-title");
      byId("ask").showModal();
    } catch { location.assign(target.href); }
  } else {
    event.preventDefault();
    visit(idsOf(target), target.href, {}, () => location.assign(target.href));
  }
});

addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.dataset.swap || event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  const data = new URLSearchParams(new FormData(form, event.submitter));
  const url = new URL(form.action);
  if (form.method === "get") url.search = data;
  visit(idsOf(form), url, form.method === "get" ? {} : { method: "POST", body: data }, () => form.submit());
});

addEventListener("change", (event) => {
  if (event.target.matches("form[data-swap][method=get] select")) event.target.form.requestSubmit();
});
addEventListener("popstate", () => location.reload());

// Live parts, there at first or since a swap: looked at after an event, and each minute, as "in 5 minutes" grows
// old. That keeps no session open.
const live = () => $("[data-live]").map((part) => part.id);
const busy = () => byId("ask").open || document.hidden || $("[aria-busy=true]").length > 0
  || (document.activeElement?.matches("input, select, textarea") && document.activeElement.closest("[data-live]"));
let timer;
const again = (wait) => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    if (live().length && !busy()) await load(live(), location.href, { headers: { "X-Background": "1" } }).catch(() => {});
    again(60_000);
  }, wait);
};
const follow = () => {
  if (timer || !live().length) return;
  const events = new EventSource("/api/aliexpress/events");
  const soon = () => again(300);
  events.onmessage = soon;
  for (const name of words.events.split(/\s+/)) events.addEventListener(name, soon);
  addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
  again(60_000);
};
prepare(document);
