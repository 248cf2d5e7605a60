export { chatRoute } from './chat-route.js';
