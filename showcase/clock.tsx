import { useEffect, useState } from 'react';

export function Clock({ zone }: { zone: string }) {
  const [time, setTime] = useState('');
  useEffect(() => {
    setInterval(() => setTime(new Date().toLocaleTimeString('en', { timeZone: zone })), 1000);
  }, [zone]);
  return <time>{time}</time>;
}

export function TickingClock({ zone }: { zone: string }) {
  const [time, setTime] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setTime(new Date().toLocaleTimeString('en', { timeZone: zone })), 1000);
    return () => clearInterval(timer);
  }, [zone]);
  return <time>{time}</time>;
}
