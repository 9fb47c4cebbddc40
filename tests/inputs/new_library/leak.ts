import { open, type Sensor } from '@acme/sensors';
import { createServer } from 'node:http';

/** The temperature of a room, asked for by its name. */
export const server = createServer(async (request, response) => {
  const sensor = open(request.url).calibrated(); //~ unclosed-resource
  response.end(String(await sensor.read()));
});

export class Thermostat extends HTMLElement {
  constructor(private readonly sensor: Sensor) {
    super();
  }

  connectedCallback(): void {
    this.sensor.follow((degrees) => this.setAttribute('degrees', String(degrees))); //~ unreleased-subscription
  }

  disconnectedCallback(): void {
    this.removeAttribute('degrees');
  }
}
