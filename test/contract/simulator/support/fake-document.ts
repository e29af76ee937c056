/** As much of an element as the simulator's page uses; text is text, there is no HTML to set. */
export class FakeElement {
  textContent = '';
  type = '';
  step = '';
  value: unknown = '';
  checked = false;
  private children: FakeElement[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(readonly tag: string) {}

  append(...children: (FakeElement | string)[]): void {
    for (const child of children) this.children.push(typeof child === 'string' ? withText('#text', child) : child);
  }

  replaceChildren(...children: FakeElement[]): void {
    this.children = children;
  }

  addEventListener(_event: string, listener: () => void): void {
    this.listeners.push(listener);
  }

  click(): void {
    for (const listener of this.listeners) listener();
  }

  text(): string {
    return [this.textContent, ...this.children.map((child) => child.text())].join(' ').trim();
  }

  find(fits: (element: FakeElement) => boolean): FakeElement | undefined {
    if (fits(this)) return this;
    for (const child of this.children) {
      const found = child.find(fits);
      if (found) return found;
    }
    return undefined;
  }

  rowWith(text: string): FakeElement | undefined {
    return this.find((element) => element.tag === 'tr' && element.text().includes(text));
  }
}

function withText(tag: string, text: string): FakeElement {
  const element = new FakeElement(tag);
  element.textContent = text;
  return element;
}

export class FakeDocument {
  static readonly Node = FakeElement;
  hidden = false;
  private readonly elements = new Map<string, FakeElement>();

  createElement(tag: string): FakeElement {
    return new FakeElement(tag);
  }

  getElementById(id: string): FakeElement {
    return this.byId(id);
  }

  byId(id: string): FakeElement {
    const known = this.elements.get(id) ?? new FakeElement(id);
    this.elements.set(id, known);
    return known;
  }
}
