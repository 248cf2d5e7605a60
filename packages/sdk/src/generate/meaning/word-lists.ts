const list = (text: string) => text.split('|');

export const restaurantTypes = list(
  'restaurant|bar|pub|cafe|diner|bistro|steakhouse|pizzeria|brasserie|tavern|cafeteria|food truck|joint|tea house|coffee shop|bakery|delicatessen|gastropub|buffet|grill|oyster bar|brewpub|sushi bar|trattoria|taverna|ice cream parlor|fast food place',
);
export const facilities = list(
  'wifi|parking|outdoor seating|a terrace|a pool|wheelchair access|smoking room|indoor|outdoor|internet|valet parking|a playground|air conditioning|a spa|live music',
);
export const sortOrders = list(
  'best|top|top-rated|highly rated|most popular|popular|latest|newest|cheapest|nearest|recent|good|greatest|last|first|worst|best rated|top five|top ten|highest rated|new|most recent|trending',
);
export const weatherConditions = list(
  'rain|snow|fog|windy|rainy|sunny|cloudy|stormy|a storm|a blizzard|hail|foggy|humid|overcast|a thunderstorm|snowing|raining|clear|drizzle|sleet|a hurricane|misty|a tornado|dry|wet|snowy|storming|a snowstorm|frost|icy|windstorm|sunshine|clouds|showers|thunder|smoggy',
);
export const temperatureConditions = list(
  'hot|cold|warm|freezing|chilly|colder|warmer|hotter|cool|chillier|temperate|mild|below zero|humid|boiling|frigid|cooler|blazing',
);
export const spatialGroups = [
  list(
    "near|close to|next to|around|within walking distance of|in the area of|not far from|by|far from|in the neighborhood of|within ten miles of|a short drive from|near to|at walking distance from|faraway from|in the same area as|within the same area as|distant from|within five miles of|neighboring|a stone's throw from",
  ),
  list(
    'within walking distance|within five miles|within ten miles|in the area|in the neighborhood|in the vicinity|within the same area|in the neighbourhood',
  ),
  list('nearest|closest|local|nearby|neighboring'),
  list(
    'nearby|close by|in the neighbourhood|in the neighborhood|in the area|around here|near me|near here|close to me|around me|in this area|within walking distance|not far from here|at close range|in my area',
  ),
  list('close|far|near|next|faraway|distant'),
] as const;
export const weatherGroups = [
  list(
    'rain|snow|fog|wind|a storm|a blizzard|hail|a thunderstorm|drizzle|sleet|a hurricane|a tornado|frost|ice|sunshine|clouds|showers|thunder|smog|a snowstorm|a windstorm|storms|rainfall|a cyclone|a snowfall|flurries|lightning|a hailstorm|rain showers|a depression',
  ),
  list(
    'windy|rainy|sunny|cloudy|stormy|foggy|humid|overcast|clear|misty|dry|wet|snowy|icy|smoggy|snowing|raining|storming|hailing|drizzling|blustery|pouring|gloomy|breezy',
  ),
  list('pour|rain|snow|storm|hail|drizzle|freeze|sleet|thunder'),
  list('storm|blizzard|thunderstorm|hurricane|tornado|snowstorm|windstorm|hailstorm|rainstorm|cyclone|snowfall'),
] as const;
export const sortGroups = [
  list(
    'best|latest|newest|cheapest|nearest|greatest|last|first|worst|best rated|highest rated|most recent|most popular|top rated|top-rated|highest-rated|least expensive|most expensive|closest|top',
  ),
  list(
    'highly rated|popular|top-rated|good|top|recent|new|trending|well rated|decent|great|famous|well known|local|highly-rated|cheap|expensive|fancy',
  ),
  list('top five|top ten|top 10|top 5|top twenty|top-50|top-20'),
] as const;
export const selectorGroups = [
  list('this|that|this current'),
  list('current|last|previous|next'),
  list('the current|the last|the previous|the next|this|this current'),
] as const;
export const ownPlaces = list(
  'here|my current location|my location|this area|where I am|my place|my current position|this place|my current spot|current place|where we are',
);
export const owners = list(
  "my|my|my|my|my|my|Ann's|my mother's|Sarah's|our|my brother's|Tom's|my wife's|Kim's|his|her|their|dad's|my friend's",
);
export const selectors = list(
  'this|this|this|the current|current|the last|the previous|the next|this current|previous|last|next',
);
export const musicItems = list(
  'song|album|track|artist|tune|playlist|record|soundtrack|ep|symphony|concerto|single|ballad|lp|band|melody|songs|music|theme song',
);
export const musicServices = list(
  'Spotify|Deezer|YouTube|iTunes|Google Music|Pandora|Last FM|SoundCloud|Amazon Music|Tidal|Napster|Groove Shark|Apple Music|Netflix|Slacker|Vimeo|Lastfm|Qobuz|Iheart|Zvooq',
);
export const creativeWorks = list(
  'movie|book|album|song|TV show|television show|game|video game|novel|painting|photograph|picture|show|saga|series|trailer|play|soundtrack|TV series|TV program|magazine|film|documentary|essay|poem|comic',
);
export const bookTypes = list('book|novel|essay|textbook|album|chronicle|saga|series|story|poem|memoir|biography');
export const seriesTypes = list('saga|series|chronicle|trilogy|cycle|sequel|anthology');
export const screeningTypes = list(
  'movie schedule|movie times|movie schedules|films|movie listings|showtimes|schedule|times|showings|movies|movie theaters|screenings',
);
export const movieTypes = list(
  'movies|films|animated movies|movie|film|animated film|comedies|action movies|documentaries|horror movies|thrillers|cartoons|romantic comedies|kids movies',
);
export const venueTypes = list(
  'movie house|cinema|movie theatre|movie theater|theatre|theater|cinemas|drive-in|multiplex|hall|stadium|club|museum|gallery|library|gym',
);
export const cinemas = list(
  'Regal Cinemas|AMC Theaters|Cinemark|Harkins Theatres|Bow Tie Cinemas|Odeon|Vue Cinema|Plitt Theatres|Alamo Drafthouse Cinema|Cineplex Odeon|Southern Theatres|Century Theatres|Loews Cineplex|MJR Digital Cinemas|Megaplex Theatres|Empire Theatres|Douglas Theatre Company|Goodrich Quality Theaters|Star Theatres|Consolidated Theatres|Wanda Group|Landmark Theatres',
);
export const cuisines = list(
  'italian|french|thai|indian|mexican|chinese|japanese|greek|turkish|korean|vietnamese|spanish|lebanese|moroccan|ethiopian|american|brazilian|german|russian|cuban|southern|halal|vegan|vegetarian|mediterranean|fusion|seafood|barbecue|peruvian|polish|sicilian|european|tuscan|caribbean|kosher|creole|szechuan|argentinian|pizza|sushi|tapas',
);
export const rooms = list(
  'kitchen|living room|bedroom|bathroom|office|garage|hallway|dining room|basement|attic|garden|guest room|nursery|study|porch|balcony|terrace|laundry room',
);
export const devices = list(
  'light|lamp|thermostat|TV|fan|heater|speaker|air conditioner|vacuum|coffee machine|oven|washing machine|dishwasher|door|blinds|camera|sprinkler|router|printer|radio',
);
export const colors = list('red|blue|green|yellow|white|warm white|purple|orange|pink|black|turquoise|grey|brown|gold');
export const poiSuffixes = list(
  'Park|National Park|State Park|Museum|Lake|Beach|Square|Bridge|Tower|Station|Airport|Mall|Hospital|University|Zoo|Stadium|Castle|Forest|Wildlife Refuge|Nature Reserve|Monument|Gardens|Falls|Island|Mountains|Bay',
);
export const familyMembers = list(
  'mother|father|sister|brother|wife|husband|son|daughter|grandmother|grandfather|aunt|uncle|cousin|niece|nephew|boss|colleagues|friends|girlfriend|boyfriend|roommate|neighbor|kids|parents|family|great grandfather',
);
export const playlistWords = list(
  'Workout|Chill|Party|Road Trip|Summer|Focus|Sleep|Morning|Acoustic|Country|Indie|Jazz|Rock|Pop|Classical|Gold|Hits|Vibes|Essentials|Mix|Dinner|Dance|Soul|Happy|Rainy Day|Coffee|Running|Old School|Throwback|New|Fresh|Electronic|Latin|Metal|Punk|Blues|Folk|Love|Piano|Study|Beats|Mellow|Deep House|80s|90s|Top|Weekend|Night|Sunday|Garage|Reggae|Funk|Hip Hop|Urban|Epic|Guitar|Lounge|Global|Club|Movie|Disney|Christmas',
);
export const playlistHeads = list(
  'Hits|Vibes|Mix|Essentials|Classics|Favorites|Songs|Tracks|Party|Playlist|Radio|Gold|Anthems|Ballads|Session|Jams|Beats|Lounge|Top 50|Hour|Workout|Road Trip|Dinner|Nights|Picks|Central|Now|Mood|Dreams',
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
  'project update|quarterly report|team lunch|invoice|job interview|doctor appointment|budget review|birthday party|product launch|weekly sync|travel plans|contract renewal|dentist appointment|design review|parents evening|board meeting|training session|kickoff|yoga class|piano lesson',
);
export const products = list(
  'headphones|running shoes|a laptop|coffee beans|a desk lamp|a phone case|batteries|a backpack|toothpaste|a keyboard|socks|a water bottle|printer paper|dog food|a winter jacket|a blender|light bulbs|a birthday card|shampoo|olive oil',
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
