export function poll(target) {
  const timer = setInterval(() => target.refresh(), 1000);
  return () => clearInterval(timer);
}
