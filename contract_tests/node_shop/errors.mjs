// What can go wrong, with the HTTP status that says the same and words for whoever asked.

export class ShopError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Dintero could not be read (`answered` is 0), or answered with this HTTP status. */
export class DinteroError extends ShopError {
  constructor(message, answered = 0) {
    super(502, message);
    this.answered = answered;
  }

  /** Whether it is about what was asked. Our credentials and its troubles are not. */
  get isRefusal() {
    return this.answered >= 400 && this.answered < 500 && ![401, 403, 408, 429].includes(this.answered);
  }
}
