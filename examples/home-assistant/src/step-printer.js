// @ts-check
/** @import { TrainingEvent } from '@tooltune/trainer' */

/**
 * Prints how training goes: a line every tenth step and every epoch.
 * @returns {(event: TrainingEvent) => void}
 */
export function createStepPrinter() {
  return (event) => {
    if (event.type === 'step' && (event.step % 10 === 0 || event.step === 1)) {
      const left = `${Math.ceil(event.secondsLeft)} s left`;
      console.log(
        `   step ${event.step}/${event.steps}, loss ${event.loss.toFixed(3)}, ${Math.round(event.tokensPerSecond)} tokens/s, ${left}`,
      );
    }
    if (event.type === 'epoch') {
      console.log(`   epoch ${event.epoch}/${event.epochs}: loss ${event.trainLoss.toFixed(3)} nats a token`);
    }
  };
}
