// Makes one tree look like another by changing only what differs, so that focus, selection and open parts stay.
// The new tree is markup that the server wrote and encoded; nothing here turns text into markup.

const same = (a, b) =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.dataset?.key ?? a.id ?? '') === (b.dataset?.key ?? b.id ?? '');

/** `keep` names attributes that belong to the page: what a user opened stays open. */
export const morph = (now, next, keep = ['open']) => {
  if (now.isEqualNode(next)) return;
  if (now.nodeType !== Node.ELEMENT_NODE) {
    if (now.nodeValue !== next.nodeValue) now.nodeValue = next.nodeValue;
    return;
  }

  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name) && !keep.includes(name)) now.removeAttribute(name);
  for (const { name, value } of [...next.attributes]) if (now.getAttribute(name) !== value && !keep.includes(name)) now.setAttribute(name, value);

  let at = now.firstChild;
  for (const wanted of [...next.childNodes]) {
    let match = at;
    if (match && !same(match, wanted)) {
      // Further on there may be the one that is meant: what lies between has gone or comes later.
      const key = wanted.dataset?.key;
      match = key === undefined ? null : [...now.children].find(child => same(child, wanted)) ?? null;
      if (match) now.insertBefore(match, at);
    }

    if (match) {
      if (match === at) at = at.nextSibling;
      morph(match, wanted, keep);
    } else {
      now.insertBefore(document.importNode(wanted, true), at);
    }
  }

  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
};
