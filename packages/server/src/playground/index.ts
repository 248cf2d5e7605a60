export { playgroundRoute } from './playground-route.js';
