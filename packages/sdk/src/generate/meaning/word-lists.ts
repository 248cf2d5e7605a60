const list = (text: string) => text.split('|');

export const restaurantTypes = list(
  'restaurant|bar|pub|cafe|diner|bistro|steakhouse|pizzeria|brasserie|tavern|tea house|coffee shop|bakery|gastropub|buffet|grill|oyster bar|brewpub|sushi bar|trattoria|taverna|ice cream parlor',
);
export const facilities = list(
  'wifi|parking|outdoor seating|indoor seating|a terrace|a pool|wheelchair access|a smoking room|free internet|valet parking|a playground|air conditioning|a garden|live music|private rooms',
);
export const sortOrders = list(
  'best|top|top-rated|highly rated|most popular|popular|cheapest|good|greatest|best rated|top five|top ten|highest rated|trending',
);
export const weatherConditions = list(
  'rain|snow|fog|windy|rainy|sunny|cloudy|stormy|a storm|a blizzard|hail|foggy|overcast|a thunderstorm|snowing|raining|drizzle|sleet|a hurricane|misty|a tornado|snowy|a snowstorm|frost|icy|sunshine|showers|thunder',
);
export const temperatureConditions = list('hot|cold|warm|freezing|chilly|colder|warmer|hotter|cool|mild|cooler');
export const spatialGroups = [
  list(
    'near|close to|next to|within walking distance of|not far from|in the neighborhood of|within ten miles of|within five miles of|a short drive from|in the same area as',
  ),
  list('nearest|closest'),
  list('near to|near|close to|not far from'),
  list('in the area|in the neighborhood|in the vicinity|nearby|close by'),
  list(
    'around here|in the neighbourhood|near me|nearby|close by|in the neighborhood|in the area|near here|close to me|around me|in this area|within walking distance|not far from here|in my area',
  ),
] as const;
export const temperatureGroups = [
  list('hot|cold|warm|chilly|cool'),
  list('colder|warmer|hotter|cooler|chillier'),
  list('freezing|mild|below zero|boiling|frigid|temperate'),
] as const;
export const weatherGroups = [
  list(
    'rain|snow|fog|wind|a storm|a blizzard|hail|a thunderstorm|drizzle|sleet|a hurricane|a tornado|frost|sunshine|clouds|showers|thunder|smog|a snowstorm|a windstorm|lightning|a hailstorm|rain showers',
  ),
  list('windy|rainy|sunny|cloudy|stormy|foggy|humid|overcast|clear|misty|dry|wet|snowy|icy|smoggy|gloomy|breezy'),
  list('snowing|raining|hailing|drizzling|pouring|storming'),
  list('pour|rain|snow|storm|hail|drizzle|freeze'),
  list('storm|blizzard|thunderstorm|hurricane|tornado|snowstorm|windstorm|hailstorm|rainstorm|cyclone|snowfall'),
] as const;
export const sortGroups = [
  list(
    'best|greatest|best rated|highest rated|most popular|top rated|top-rated|highest-rated|cheapest|least expensive|top',
  ),
  list('popular|highly rated|good|great|famous|well known|well-known'),
  list('new|recent|trending|popular'),
  list('top five|top ten|top 10|top 5|top twenty|top-50|top-20'),
  list('latest|newest|most recent|first|last|most popular|best'),
] as const;
export const selectorGroups = [
  list('this|that'),
  list('this current|this|that|the current'),
  list('last|current|previous'),
  list('the current|the last|the previous|this'),
] as const;
export const musicItemGroups = [
  list('song|track|tune|album|single|ballad|record|symphony|concerto|soundtrack'),
  list('songs|tracks|tunes|ballads|albums'),
] as const;
export const screeningGroups = [
  list('movie times|showtimes|movie schedules|movie listings|film times'),
  list('movie schedule|film schedule|movie program|cinema program'),
] as const;
export const movieTypeGroups = [
  list(
    'movies|films|animated movies|animated films|comedies|action movies|documentaries|horror movies|thrillers|cartoons|romantic comedies|kids movies',
  ),
  list('movie|film|animated movie|animated film|comedy|documentary|thriller|cartoon'),
] as const;
export const restaurantGroups = [list('restaurant|bistro|diner|cafe|pub|bar|tavern|brasserie')] as const;
export const ownPlaces = list('here|my current location|my location|where I am|my current position|where we are');
export const owners = list(
  "my|my|my|my|my|my|Ann's|my mother's|Sarah's|our|my brother's|Tom's|my wife's|Kim's|his|her|their|dad's|my friend's",
);
export const selectors = list('this|this|this|that|the current|the last|the previous');
export const musicServices = list(
  'Spotify|Deezer|YouTube|iTunes|Google Music|Pandora|Last FM|SoundCloud|Amazon Music|Tidal|Napster|Apple Music|Slacker|Vimeo|Qobuz|Iheart|YouTube Music',
);
export const creativeWorks = list(
  'movie|book|album|song|TV show|television show|game|video game|novel|painting|photograph|show|saga|trailer|play|soundtrack|TV series|TV program|magazine|film|documentary|essay|poem|comic',
);
export const bookTypes = list('book|novel|essay|textbook|album|story|poem|memoir|biography');
export const seriesTypes = list('saga|series|chronicle|trilogy|anthology');
export const screeningTypes = list(
  'movie schedule|movie times|movie schedules|movie listings|showtimes|film times|cinema program',
);
export const movieTypes = list(
  'movies|films|animated movies|animated films|comedies|action movies|documentaries|horror movies|thrillers|cartoons|romantic comedies|kids movies',
);
export const venueTypes = list('movie house|cinema|movie theatre|movie theater|theater|drive-in|multiplex');
export const cinemas = list(
  'Regal Cinemas|AMC Theaters|Cinemark|Harkins Theatres|Bow Tie Cinemas|Odeon|Vue Cinema|Plitt Theatres|Alamo Drafthouse Cinema|Cineplex Odeon|Southern Theatres|Century Theatres|Loews Cineplex|MJR Digital Cinemas|Megaplex Theatres|Empire Theatres|Douglas Theatre Company|Goodrich Quality Theaters|Star Theatres|Consolidated Theatres|Wanda Group|Landmark Theatres',
);
export const cuisines = list(
  'italian|french|thai|indian|mexican|chinese|japanese|greek|turkish|korean|vietnamese|spanish|lebanese|moroccan|ethiopian|american|brazilian|german|russian|cuban|southern|halal|vegan|vegetarian|mediterranean|seafood|barbecue|peruvian|polish|sicilian|european|tuscan|caribbean|kosher|creole|szechuan|argentinian',
);
export const rooms = list(
  'kitchen|living room|bedroom|bathroom|office|garage|hallway|dining room|basement|attic|garden|guest room|nursery|study|porch|balcony|terrace|laundry room',
);
export const devices = list(
  'light|lamp|thermostat|TV|fan|heater|speaker|air conditioner|vacuum|coffee machine|oven|washing machine|dishwasher|door|blinds|camera|sprinkler|router|printer|radio',
);
export const colors = list('red|blue|green|yellow|white|warm white|purple|orange|pink|black|turquoise|grey|brown|gold');
export const poiSuffixes = list(
  'Park|National Park|State Park|Forest|National Forest|Wildlife Refuge|Nature Reserve|Gardens|Island|Mountains|Valley|Square|Zoo|Harbor|Canyon',
);
export const familyMembers = list(
  'mother|father|sister|brother|wife|husband|son|daughter|grandmother|grandfather|aunt|uncle|cousin|niece|nephew|boss|colleagues|friends|girlfriend|boyfriend|roommate|neighbor|kids|parents|family|great grandfather',
);
export const playlistWords = list(
  'Workout|Chill|Party|Road Trip|Summer|Focus|Sleep|Morning|Acoustic|Country|Indie|Jazz|Rock|Pop|Classical|Dinner|Dance|Soul|Rainy Day|Coffee|Running|Throwback|Electronic|Latin|Metal|Punk|Blues|Folk|Love|Piano|Study|Mellow|Deep House|Weekend|Sunday|Garage|Reggae|Funk|Hip Hop|Guitar|Lounge|Club|Disney|Christmas|Campfire|Beach|Cooking',
);
export const playlistHeads = list(
  'Hits|Vibes|Mix|Essentials|Classics|Favorites|Songs|Tracks|Radio|Gold|Anthems|Ballads|Session|Jams|Beats|Top 50|Hour|Nights|Picks|Central|Mood|Dreams',
);
export const titleNouns = list(
  'Night|River|Heart|House|Garden|Shadow|King|Queen|Stranger|Winter|Summer|Road|Mirror|Secret|Island|Storm|Moon|Sun|Star|Dream|Child|Daughter|Son|Door|Fire|Stone|City|Forest|Ocean|Sky|Sword|Crown|Wolf|Raven|Angel|Devil|Ghost|Machine|Edge|World|War|Peace|Love|Time|Memory|Silence|Song|Blood|Gold|Silver|Rose|Tree|Bird|Train|Letter|Game|Hunter|Soldier|Doctor|Detective|Widow|Magician|Thief|Girl|Boy|Man|Woman|Empire|Kingdom|Bridge|Tower|Castle|Window|Journey|Legend|Code|Circle|Truth|Lies|Dust|Ice|Rain|Wind|Light|Dark|Dawn|Midnight|Monster|Dragon|Tiger|Lion|Snake|Horse|Dog|Cat|Butterfly|Paradise|Hell|Heaven|Kitchen|Train Station|Highway|Desert|Mountain|Valley',
);
export const titleAdjectives = list(
  'Last|First|Lost|Hidden|Silent|Broken|Golden|Dark|Bright|Wild|Secret|Endless|Forgotten|Red|Blue|Black|White|Great|Little|Old|New|Dead|Living|Burning|Frozen|Perfect|Strange|Beautiful|Dangerous|Final|Invisible|Sacred|Crooked|Lonely|Crazy|Happy|Bitter|Sweet|Empty|Electric|Midnight|American|Double|Modern|Deep|Long|High|Good|Bad|True|Real',
);
export const titleVerbs = list(
  'Chasing|Finding|Losing|Saving|Killing|Loving|Waiting for|Dancing with|Running from|Looking for|Leaving|Becoming|Breaking|Making|Keeping|Dreaming of|Living with|Remembering|Escape from|Return to|Journey to|Night at|Death of|Birth of|Fear of|Letters from|Songs of|Tales of|Flight of|Rise of|Fall of|Children of|Lord of',
);
export const holidays = list(
  "Christmas|Easter|Thanksgiving|New Year's Eve|Halloween|Labor Day|Valentine's Day|Independence Day|Christmas Eve|Memorial Day|Mother's Day|New Year's Day|Hanukkah|the 4th of July",
);
export const months = list('January|February|March|April|May|June|July|August|September|October|November|December');
export const weekdays = list('Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday');
export const messages = list(
  "I'm running late|see you tomorrow|happy birthday|the meeting is moved to noon|call me back when you can|I'll be there in ten minutes|thanks for your help|dinner is ready|can you pick up the kids|the package has arrived|I left the keys on the table|good luck today|let's meet at the station|I can't make it tonight|please review the document|where are you|don't forget the milk|we won|I love you|the invoice is attached",
);
export const tasks = list(
  'buy milk|call the dentist|water the plants|pay the rent|take out the trash|pick up the dry cleaning|book flights|renew my passport|feed the cat|send the report|walk the dog|clean the garage|finish the slides|prepare dinner|check the mail|order new tires|take my medicine|charge the car|back up the laptop|wash the car',
);
export const subjects = list(
  'job interview|doctor appointment|budget review|birthday party|product launch|weekly sync|dentist appointment|design review|board meeting|training session|yoga class|piano lesson|project meeting|staff meeting|haircut|school play|parent meeting|book club|conference call|car inspection|house viewing|dance class|swimming lesson|garden party',
);
export const products = list(
  'headphones|running shoes|coffee beans|batteries|toothpaste|socks|printer paper|dog food|light bulbs|shampoo|olive oil|milk|eggs|bread|cheese|tomatoes|apples|bananas|rice|pasta|soap|towels|sunscreen|candles|chocolate|tea bags|paper towels|hiking boots|sunglasses|hand cream|water bottles|picture frames|umbrellas|scarves|board games|toothbrushes|playing cards|notebooks|gloves|swimsuits',
);
export const searchTopics = list(
  'climate change|chocolate cake recipes|the history of Rome|cheap flights|electric cars|how to tie a tie|yoga for beginners|local news|the stock market|solar panels|job openings|learning Spanish|best hiking trails|quantum computing|football results|vegan recipes|used bikes|space missions|home insurance|tax deadlines',
);
export const problems = list(
  "the screen is broken|I can't log in|it arrived damaged|the payment failed|the app keeps crashing|I was charged twice|the package never arrived|the password reset email does not come|the wifi keeps dropping|it does not turn on|the wrong item was delivered|the printer is jammed|the page does not load|the size does not fit|my card was declined",
);
export const languages = list(
  'English|Spanish|French|German|Italian|Portuguese|Dutch|Japanese|Chinese|Korean|Arabic|Russian|Polish|Turkish|Swedish|Greek|Hindi|Danish|Finnish|Czech',
);
export const organisations = list(
  'Acme|Globex|Initech|Umbrella|Northwind|Contoso|Stark Industries|Wayne Enterprises|Hooli|Vandelay Industries|Blue Harbor|Summit Partners|Redwood Labs|Lakeside Books|Bright Dental',
);
export const apps = list(
  'calendar|mail|camera|maps|settings|notes|browser|music|photos|calculator|messages|clock|weather|contacts',
);
export const fileNames = list(
  'report.pdf|budget.xlsx|notes.txt|photo.jpg|presentation.pptx|invoice-march.pdf|main.ts|README.md|data.csv|contract.docx|backup.zip|index.html',
);
export const genres = list(
  'jazz|rock|pop|blues|reggae|hip hop|techno|house|country|folk|soul|funk|metal|punk|disco|opera|classical|bossa nova|salsa|swing|gospel|trance|ambient|bluegrass|indie rock|electronic|rap|grunge|ska|flamenco|K-pop|R&B|synthpop|new wave|drum and bass',
);
export const bandNouns = list(
  'Strangers|Wolves|Ravens|Angels|Ghosts|Birds|Tigers|Lions|Hunters|Soldiers|Kings|Queens|Thieves|Dragons|Roses|Shadows|Rivers|Dreamers|Rebels|Foxes|Sailors|Pilots',
);
export const customerProblems = list(
  'a broken screen|a missing parcel|a late delivery|a double charge|a failed payment|a damaged package|missing parts|a cracked case|a faulty charger|a missing invoice|a wrong delivery address|a leaking bottle|a torn jacket|a missing refund|scratched glasses|a dead battery|a noisy fan|a stuck zipper|a broken handle|an expired discount code|a bent frame|a loose cable|missing screws|a flickering display|a blurry print',
);
export const purchaseProblems = list(
  'it arrived damaged|I was charged twice|the package never arrived|it does not turn on|the wrong item was delivered|the size does not fit|it came too late|parts were missing|the screen is broken|the color is wrong|it stopped working|it is not what was described|I ordered it by mistake|it arrived broken|the box was empty',
);
export const packingItems = list(
  'socks|sunscreen|sunglasses|hiking boots|a toothbrush|toothpaste|towels|swimsuits|gloves|a rain jacket|a phone charger|an umbrella|warm sweaters|a first aid kit|a water bottle|flip flops|a travel pillow|earplugs|a map|passports|a flashlight|a sleeping bag|sandals|a hat|a scarf',
);
export const giftItems = list(
  'a scarf|a board game|chocolate|candles|a puzzle|a photo album|headphones|a cookbook|a teddy bear|a watch|earrings|a necklace|concert tickets|a mug|a chess set|a picture frame|a handbag|a guitar|a book about trains|a fountain pen|slippers|a train set|perfume|a plant|a bottle of wine',
);
