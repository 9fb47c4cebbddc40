// A small HTTP service: every request leaves something behind.
import express from 'express';
import { prices } from './prices.js';

const app = express();
const visits = [];

app.get('/quote/:symbol', (req, res) => {
  visits.push({ symbol: req.params.symbol, at: Date.now() });
  prices.on('change', (symbol, price) => {
    if (symbol === req.params.symbol) res.write(`${price}\n`);
  });
});

app.listen(8080);
