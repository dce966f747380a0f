// Questions about whether everybody can use this page. Each gives a list of findings: {where, what}.
const audit = {
  // Nothing makes the page wider than the window.
  overflow() {
    const root = document.documentElement;
    const width = root.clientWidth;
    if (root.scrollWidth <= width) return [];
    const clipped = (element) => {
      for (let at = element.parentElement; at && at !== root; at = at.parentElement) {
        if (at !== document.body && getComputedStyle(at).overflowX !== "visible") return true;
      }
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")].filter((element) => {
      const box = element.getBoundingClientRect();
      return page.visible(element) && (box.right > width + 0.5 || box.left < -0.5) && !clipped(element);
    });
    // The innermost ones are the cause; what is around them only follows.
    const cause = wide.filter((element) => !wide.some((other) => other !== element && element.contains(other)));
    const findings = cause.map((element) => {
      const box = element.getBoundingClientRect();
      return { where: page.selector(element), what: `reaches from ${Math.round(box.left)} to ${Math.round(box.right)} in a window of ${width}` };
    });
    return findings.length > 0 ? findings : [{ where: "html", what: `is ${root.scrollWidth} wide in a window of ${width}` }];
  },

  // No text is squeezed into a column so narrow that its words fall apart.
  crushed() {
    const lines = (text) => {
      const range = document.createRange();
      range.selectNodeContents(text);
      return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const findings = [];
    while (texts.nextNode()) {
      const text = texts.currentNode;
      const letters = page.squeeze(text.data).length;
      if (letters < 6 || !page.visible(text.parentElement)) continue;
      const count = lines(text);
      if (count > 3 && letters / count < 4) {
        findings.push({ where: page.selector(text.parentElement), what: `breaks ${letters} letters into ${count} lines` });
      }
    }
    return findings;
  },

  // Any CSS colour as [red, green, blue, alpha], 0 to 255 and 0 to 1.
  colour(text) {
    const numbers = /^rgba?\(([^)]*)\)$/.exec(text);
    if (numbers) {
      const [red, green, blue, alpha = 1] = numbers[1].split(/[\s,/]+/).map(Number);
      return [red, green, blue, alpha];
    }
    audit.canvas ||= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    audit.canvas.clearRect(0, 0, 1, 1);
    audit.canvas.fillStyle = text;
    audit.canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = audit.canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  },

  // One colour laid over an opaque one.
  over([red, green, blue, alpha], below) {
    return [red, green, blue].map((part, index) => part * alpha + below[index] * (1 - alpha));
  },

  // What lies behind an element: the backgrounds of all around it, from the outside in.
  behind(element) {
    const chain = [];
    for (let at = element; at; at = at.parentElement) chain.unshift(at);
    const canvas = document.createElement("div");
    canvas.style.cssText = "position:absolute;background-color:Canvas";
    document.body.append(canvas);
    let colour = audit.colour(getComputedStyle(canvas).backgroundColor).slice(0, 3);
    canvas.remove();
    let picture = null;
    for (const at of chain) {
      const style = getComputedStyle(at);
      const background = audit.colour(style.backgroundColor);
      if (background[3] === 1) picture = null;
      colour = audit.over(background, colour);
      if (style.backgroundImage !== "none") picture = at;
    }
    return { colour, picture };
  },

  luminance(colour) {
    const [red, green, blue] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  },

  ratio(one, other) {
    const [dark, light] = [audit.luminance(one), audit.luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  },

  hex(colour) {
    return `#${colour.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
  },

  // Text that is read, with the style that draws it: text in elements, in fields, and hints in empty fields.
  texts() {
    const texts = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = page.squeeze(walker.currentNode.data);
      const element = walker.currentNode.parentElement;
      if (text === "" || ["script", "style", "noscript", "template", "option", "title"].includes(element.localName)) continue;
      texts.push({ element, text, style: getComputedStyle(element) });
    }
    for (const element of page.controls()) {
      if (!["input", "select", "textarea"].includes(element.localName)) continue;
      if (["checkbox", "radio", "range", "color", "image"].includes(element.type)) continue;
      if (element.value !== "") texts.push({ element, text: element.value, style: getComputedStyle(element) });
      else if (element.placeholder) {
        texts.push({ element, text: element.placeholder, style: getComputedStyle(element, "::placeholder") });
      }
    }
    return texts.filter(({ element }) => page.visible(element) && !element.closest(":disabled, [aria-disabled=true], [inert]"));
  },

  // WCAG 1.4.3: 4.5 to 1, for large text 3 to 1.
  contrast() {
    const findings = new Map();
    for (const { element, text, style } of audit.texts()) {
      const where = page.selector(element);
      const { colour: background, picture } = audit.behind(element);
      const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
      if (picture) {
        findings.set(where, { where, what: `"${shown}" stands on a picture or gradient (${page.selector(picture)}), whose contrast cannot be told` });
        continue;
      }
      const drawn = element.closest("svg") && style.fill !== "none" ? style.fill : style.color;
      const front = audit.colour(drawn);
      for (let at = element; at; at = at.parentElement) front[3] *= Number(getComputedStyle(at).opacity);
      const foreground = audit.over(front, background);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const wanted = large ? 3 : 4.5;
      const ratio = audit.ratio(foreground, background);
      if (ratio < wanted) {
        findings.set(where, { where, what: `"${shown}": ${audit.hex(foreground)} on ${audit.hex(background)} is ${ratio.toFixed(2)} to 1, less than ${wanted}` });
      }
    }
    return [...findings.values()];
  },

  // A screen reader has something to say for each control and each picture.
  names() {
    const findings = page
      .controls()
      .filter((element) => !element.closest("[aria-hidden=true]") && page.name(element) === "")
      .map((element) => ({ where: page.selector(element), what: `${element.localName} without a name` }));
    for (const image of document.querySelectorAll("img:not([alt])")) {
      if (page.visible(image)) findings.push({ where: page.selector(image), what: "picture without alt" });
    }
    return findings;
  },

  // What a page needs to be read out well.
  structure() {
    const findings = [];
    const say = (where, what) => findings.push({ where, what });
    if (!document.documentElement.lang) say("html", "no language");
    if (page.squeeze(document.title) === "") say("title", "no title");
    const headings = [...document.querySelectorAll("h1")].filter((heading) => page.visible(heading));
    if (headings.length !== 1) say("h1", `${headings.length} main headings instead of one`);
    if (!document.querySelector("main, [role=main]")) say("main", "no main landmark");
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) say(`#${id}`, "id used twice");
    for (const attribute of ["for", "aria-labelledby", "aria-describedby", "aria-controls"]) {
      for (const element of document.querySelectorAll(`[${attribute}]`)) {
        for (const id of element.getAttribute(attribute).split(/\s+/).filter(Boolean)) {
          if (!document.getElementById(id)) say(page.selector(element), `${attribute} names ${id}, which does not exist`);
        }
      }
    }
    return findings;
  },

  // Everything that the keyboard must reach. Kept in the page, to be recognised while Tab is pressed.
  focusable() {
    const all = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe, audio[controls], video[controls], [contenteditable=true], [tabindex]";
    const modal = document.querySelector("dialog:modal");
    // Inside these the arrow keys lead on, and Tab reaches one element only.
    const composite = "[role=tablist], [role=menu], [role=menubar], [role=toolbar], [role=listbox], [role=grid], [role=tree], [role=radiogroup]";
    const native = "a[href], button, input, select, textarea, summary";
    const taken = (element) => element.tabIndex >= 0 || (element.matches(native) && !element.closest(composite));
    const elements = [...(modal || document).querySelectorAll(all)].filter((element) => {
      if (!page.visible(element) || !taken(element) || element.matches(":disabled") || element.closest("[inert]")) return false;
      if (element.type !== "radio" || !element.name) return true;
      // Of a group of radio buttons Tab reaches one: the chosen one, else the first.
      const group = [...document.querySelectorAll("input[type=radio]")].filter(
        (other) => other.name === element.name && other.form === element.form && !other.disabled,
      );
      return element === (group.find((other) => other.checked) || group[0]);
    });
    document.activeElement?.blur();
    window.smartlinksFocusable = elements;
    return elements.map((element) => ({ where: page.selector(element), what: page.name(element) }));
  },

  // Which of them has the focus, and whether one can see that it has.
  focused() {
    const element = document.activeElement;
    const style = element ? getComputedStyle(element) : null;
    const outlined = style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return { index: window.smartlinksFocusable.indexOf(element), seen: Boolean(outlined || (style && style.boxShadow !== "none")) };
  },
};
