export { classifyRoute } from './classify-route.js';
