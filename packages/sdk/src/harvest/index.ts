export { type Harvest, type HarvestOptions, harvestRecords } from './harvest-records.js';
export { joinFeedback, type RatedRequest } from './join-feedback.js';
export { type ParsedRecords, parseRecords } from './parse-records.js';
export { hasFailed, type ReviewReason, type ReviewRow, reviewReasons } from './review-row.js';
