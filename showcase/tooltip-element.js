// A custom element: the removal looks right and takes off nothing.
export class TooltipElement extends HTMLElement {
  connectedCallback() {
    window.addEventListener('scroll', this.reposition.bind(this));
  }

  disconnectedCallback() {
    window.removeEventListener('scroll', this.reposition.bind(this));
  }

  reposition() {
    this.style.top = `${window.scrollY}px`;
  }
}

customElements.define('tool-tip', TooltipElement);
