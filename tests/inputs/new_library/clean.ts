import { open, type Sensor } from '@acme/sensors';
import { createServer } from 'node:http';

/** The temperature of a room, asked for by its name. */
export const server = createServer(async (request, response) => {
  const sensor = open(request.url).calibrated();
  try {
    response.end(String(await sensor.read()));
  } finally {
    sensor.shut();
  }
});

export class Thermostat extends HTMLElement {
  private leave?: () => void;

  constructor(private readonly sensor: Sensor) {
    super();
  }

  connectedCallback(): void {
    this.leave = this.sensor.follow((degrees) => this.setAttribute('degrees', String(degrees)));
  }

  disconnectedCallback(): void {
    this.leave?.();
    this.removeAttribute('degrees');
  }
}
