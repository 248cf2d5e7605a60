const groups = (text: string) => text.split('|').map((group) => group.split(','));

/** Words and phrases that can stand for each other in what people ask for, mostly. */
const alike = groups(
  [
    'buy,purchase,order|receive,get|fix,repair,sort out|broken,damaged,faulty|begin,start',
    'big,large|small,little|quick,fast|quickly,fast,right away|cheap,inexpensive|price,cost|picture,photo,image',
    'phone,mobile,cell phone|email,e-mail,mail|error,problem,issue|mistake,error|wrong,incorrect|right,correct',
    'find,locate,look up|search for,look for|show,display|tell me,let me know|send,mail|return,send back|refund,money back',
    'delete,remove,erase|cancel,call off|change,update|choose,pick,select',
    'want to,would like to,wish to|want,would like|think,believe',
    'boss,manager|movie,film|trip,journey|vacation,holiday|flight,plane|car,vehicle|apartment,flat',
    'money,cash,funds|pay,pay for|charged,billed|bill,invoice',
    'sign in,log in|sign up,register|locked out of,shut out of|arrive,come|missing,lost|lost,misplaced',
    'stolen,taken|soon,shortly|now,right now,at the moment|today,this day|maybe,perhaps|because,since',
    'how long,how much time|how do I,how can I,how would I|can I,may I,could I,am I able to|why is,how come',
    "is it possible to,can I|what is,what's|where is,where's|I am,I'm|do not,don't|cannot,can't|did not,didn't",
    "have not,haven't|has not,hasn't|is not,isn't|will not,won't|I have,I've|I would,I'd|it is,it's|there is,there's",
    'a lot of,many,plenty of|some,a few|every,each|almost,nearly|again,once more|really,truly',
    'child,kid|children,kids|friend,buddy|wife,spouse|doctor,physician|medicine,medication|sick,ill|tired,exhausted',
    'meal,dish|food,something to eat|drink,beverage|house,home|room,chamber|light,lamp|door,entrance|street,road',
    'weather,forecast|hot,warm|cold,chilly|music,songs|song,track|play,put on|loud,noisy|quiet,silent|turn off,switch off',
    'turn on,switch on|booking,reservation|meeting,appointment|reminder,alert|message,text message',
    'speak to,talk to|agent,representative,person|explain,tell me about',
    'delivery,shipment|deliver,ship|delivered,shipped|package,parcel|address,location|available,in stock|exchange,swap',
    'card,bank card|limit,maximum|top up,add money to|balance,funds left',
    'activate,enable|turned down,declined,refused|declined,rejected|verify,confirm|details,information,info',
  ].join('|'),
);

/** Each word or phrase with those that can take its place. */
const byPhrase = new Map<string, string[]>();
for (const group of alike) {
  for (const phrase of group) {
    const others = group.filter((other) => other !== phrase);
    byPhrase.set(phrase, [...(byPhrase.get(phrase) ?? []), ...others]);
  }
}
// Longest first, so that "would like to" is not taken for "like".
const pattern = new RegExp(
  `(?<![\\p{L}'])(?:${[...byPhrase.keys()].sort((one, other) => other.length - one.length).join('|')})(?![\\p{L}'])`,
  'giu',
);

/** A place in a text, and what may stand there. */
export interface Exchange {
  start: number;
  end: number;
  others: readonly string[];
}

/** Where a text has words that others can take the place of. */
export function exchangesIn(text: string): Exchange[] {
  return [...text.matchAll(pattern)].map(({ 0: phrase, index }) => ({
    start: index,
    end: index + phrase.length,
    others: byPhrase.get(phrase.toLowerCase()) ?? byPhrase.get(phrase) ?? [],
  }));
}
