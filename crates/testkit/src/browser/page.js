// What a person can perceive on this page. Run before each question, in a scope of its own.
const page = {
  // Shown at all: has a box of more than a dot, and nothing hides it.
  visible(element) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    return [...element.getClientRects()].some((box) => box.width > 1 && box.height > 1);
  },

  squeeze(text) {
    return (text || "").replace(/\s+/g, " ").trim();
  },

  // Words inside an element, with what pictures in it are called.
  words(element) {
    let text = "";
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) text += node.data;
      else if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") continue;
      else if (node.hasAttribute("aria-label")) text += ` ${node.getAttribute("aria-label")} `;
      else if (node.localName === "img") text += ` ${node.alt} `;
      else if (node.localName === "svg") text += ` ${node.querySelector(":scope > title")?.textContent || ""} `;
      else if (node.localName !== "script" && node.localName !== "style") {
        const style = getComputedStyle(node);
        if (style.display !== "none" && style.visibility !== "hidden") {
          text += style.display === "inline" ? page.words(node) : ` ${page.words(node)} `;
        }
      }
    }
    return text;
  },

  // The accessible name, in the order that browsers use.
  name(element) {
    const by = (element.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
    const labelled = by.map((id) => document.getElementById(id)).filter(Boolean).map((other) => page.words(other));
    const candidates = [labelled.join(" "), element.getAttribute("aria-label")];
    const tag = element.localName;
    if (["input", "select", "textarea"].includes(tag)) {
      if (["submit", "button", "reset"].includes(element.type)) candidates.push(element.value);
      if (element.type === "image") candidates.push(element.alt);
      candidates.push([...(element.labels || [])].map((label) => page.labelWords(label, element)).join(" "));
    } else {
      candidates.push(page.words(element));
    }
    candidates.push(element.getAttribute("title"));
    return candidates.map(page.squeeze).find((candidate) => candidate !== "") || "";
  },

  // A label's words without those of the field that it may enclose (the options of a list, say).
  labelWords(label, field) {
    if (!label.contains(field)) return page.words(label);
    return [...label.childNodes]
      .map((node) => {
        if (node === field || node.contains(field)) return "";
        return node.nodeType === Node.TEXT_NODE ? node.data : page.words(node);
      })
      .join(" ");
  },

  // A short way to find the element again by hand.
  selector(element) {
    const parts = [];
    for (let at = element; at && at !== document.documentElement && parts.length < 4; at = at.parentElement) {
      if (at.id) {
        parts.unshift(`#${at.id}`);
        break;
      }
      const classes = [...at.classList].slice(0, 2).map((name) => `.${name}`).join("");
      const same = at.parentElement ? [...at.parentElement.children].filter((other) => other.localName === at.localName) : [];
      const place = same.length > 1 && !classes ? `:nth-of-type(${same.indexOf(at) + 1})` : "";
      parts.unshift(at.localName + classes + place);
    }
    return parts.join(" > ");
  },

  controls() {
    const all = "button, a[href], area[href], input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [role=tab], [role=switch]";
    return [...document.querySelectorAll(all)].filter((element) => page.visible(element));
  },

  fields() {
    const all = "input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea";
    return [...document.querySelectorAll(all)].filter((element) => page.visible(element));
  },

  // Elements of this text, innermost only.
  textsWith(words) {
    const having = [...document.body.querySelectorAll("*")].filter(
      (element) => page.visible(element) && page.squeeze(element.innerText).includes(words),
    );
    return having.filter((element) => !having.some((other) => other !== element && element.contains(other)));
  },

  // What is called so: exactly if anything is, else what contains the words.
  find(kind, words) {
    const wanted = page.squeeze(words);
    if (kind === "texts") {
      const elements = page.textsWith(wanted);
      return { elements, names: elements.map((element) => page.selector(element)) };
    }
    const candidates = page[kind]().map((element) => ({ element, name: page.name(element) }));
    const exact = candidates.filter(({ name }) => name === wanted);
    const found = exact.length > 0 ? exact : candidates.filter(({ name }) => name.includes(wanted));
    const shown = found.length > 0 ? found : candidates;
    return {
      elements: found.map(({ element }) => element),
      names: shown.map(({ element, name }) => `${name} (${page.selector(element)})`),
    };
  },
};
