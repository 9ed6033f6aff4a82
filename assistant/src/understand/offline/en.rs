//! English turns of phrase.

use super::super::cue::Cue;

/// Patterns of [`super::super::cue`].
pub(crate) const CUES: &[(Cue, &str)] = &[
    (Cue::Greet, "hi|hello|hey|good morning/afternoon/evening/day|greetings|hi there|hello there"),
    (Cue::Thanks, "thanks|thank you|many thanks|thx|thank you very/so much|cheers"),
    (Cue::Bye, "bye|goodbye|see you|have a nice day|good night"),
    (
        Cue::Offer,
        "all your|all of your|everything you offer/sell/have|what do you offer/sell/have|what can i buy/order/book|what is on offer|what s on offer|what services|which services|what products|which products|your services|your products|show me everything|what else do you have|your catalogue/catalog/menu/range|the catalogue/catalog/menu/range|price list|what do you do|what have you got|list of services/products|your assortment|what is available|what s available|what are your services/products|what kind/kinds/sort/types of _ do you have/offer/sell|which _ do you have/offer/sell|what _ do you have/offer/sell|what activities|which activities|what are the options",
    ),
    (Cue::Detail, "in detail|more detail*|all the details|details|full list|everything you have"),
    (
        Cue::Price,
        "how much|how much is/are|how much does _ cost|how much do _ cost|price|prices|the price|its price|cost|costs|what does it cost|how expensive|what is the price|what s the price|what is the cost|at what price|rate|rates|is it free|is it paid|free of charge|do i have/need to pay|do you charge",
    ),
    (
        Cue::Total,
        "in total|total|how much in total|how much altogether|altogether|what is the total|what s the total|the sum|all together|how much would it/that be|how much will it/that be|what would it come to|overall cost",
    ),
    (
        Cue::Describe,
        "tell me about|tell me more about|tell me more|more about|describe|description|information about|info about|what is it|what is that|what exactly is|what is this|what is the|what s the|what are the|what kind of|how does it work|about the|about this|about it|learn about|know about|know more|explain",
    ),
    (
        Cue::Size,
        "how tall/big/large/long/high/wide/heavy/deep|what size|which size|size|sizes|dimension*|height|width|weight|how much does _ weigh|weigh*|how many pieces|how many are in|measurements|volume|capacity of",
    ),
    (
        Cue::Material,
        "made of|made from|ingredient*|composition|what material|contain|contains|which colour/color|what colour/color|what colours/colors|allergen*",
    ),
    (
        Cue::Included,
        "what is included|what s included|included|include|includes|what do i get|comes with|come with|what does it include|is _ included|are _ included",
    ),
    (
        Cue::NotIncluded,
        "not included|isn t included|is not included|what is not included|what s not included|excluded|not include|extra cost*|pay extra|what should i pay separately|paid separately",
    ),
    (
        Cue::Guarantee,
        "guarantee|guarantees|guaranteed|warranty|do you guarantee|what do you guarantee|is there a guarantee/warranty",
    ),
    (
        Cue::NotGuarantee,
        "not guarantee|not guaranteed|don t guarantee|do not guarantee|isn t guaranteed|what don t you guarantee",
    ),
    (
        Cue::Suitable,
        "suitable|who is it for|who is _ for|is it for|is it ok for|suits|suit|is it good for|good for|fit for|appropriate for|can children|can kids|can beginners|can i bring|for whom|is it safe|safe for|age limit|allowed|which age",
    ),
    (
        Cue::NotSuitable,
        "not suitable|who should not|who shouldn t|contraindication*|not for whom|who is it not for|isn t suitable|unsuitable|restrictions|any restrictions|when should i not",
    ),
    (
        Cue::Specialist,
        "who does it|who is the|who will do|who will be|specialist|master|who performs|which doctor|who teaches|who leads|who is my|who runs|therapist|instructor s name|the instructor|the teacher|your instructor/teacher/trainer/guide/master|qualification*|experience of",
    ),
    (
        Cue::Prepare,
        "how to prepare|how do i prepare|prepare|what should i bring|what do i bring|what to bring|do i need to bring|bring with me|recommendations|before the visit|anything to bring",
    ),
    (
        Cue::Duration,
        "how long|how long does it take/last|how long is|duration|how many minutes/hours|what time does it end",
    ),
    (
        Cue::Format,
        "is it online|is it in person|online or|in person or|at home or|format|by video or|where does it take place|where is it held|where does it happen|do you come to|can you come",
    ),
    (
        Cue::DeliveryFee,
        "is delivery included|delivery included|is shipping included|shipping included|does it include delivery|does that include delivery|how much is delivery|how much is the delivery|how much does delivery cost|delivery cost*|delivery price|delivery fee|price of delivery|cost of delivery|shipping|shipping cost*|shipping fee|how much is shipping|how much for delivery|how much would delivery be|travel fee|travel cost*|call-out fee|call out fee|how much is the travel",
    ),
    (
        Cue::DeliveryTime,
        "when will it arrive|when can you deliver|when would it arrive|how fast|how soon|delivery time|time of delivery|how long does delivery take|how long is delivery|how long will delivery take|when do you deliver|when will you deliver|when will i get|when is it delivered|how long does it take to deliver|how quickly|same day|when will it be delivered|how many days|how long does shipping take|when will they arrive|delivered by",
    ),
    (
        Cue::Cities,
        "which cities|what cities|where do you deliver|where do you work|do you deliver to|can you deliver to|do you work in|which areas|which towns|where are you available|where do you operate|where is it available|in which cities|in which city|what city|is it available in|do you ship to|where do you ship|where is it|deliver to|where can i get it|which places|where do you serve|locations",
    ),
    (
        Cue::Hours,
        "opening hours|working hours|business hours|when are you open|are you open|what time do you open/close|until what time|what hours|your hours|your schedule|do you work on|do you open on",
    ),
    (
        Cue::FreeTimes,
        "when are you free|free time|free times|free slot*|available time*|available slot*|which times|what times|what time is free|when is it possible|when can i come|when can i book|availability|any slots|what slots|which slots|when could i come|any free|which days|what days|when is there|what time can i|what time could i|what time do you have|another time|other times|earliest|when do you have|when is the next|nearest time",
    ),
    (
        Cue::Link,
        "link to|the link|a link|website|web site|web page|webpage|site|url|your site|page of|link|send me the page",
    ),
    (
        Cue::Photo,
        "photo of|a photo|the photo|photos of|picture|pictures|photo|photos|image|images|a pic|pic|pics|how does it look|what does it look like|see what it looks like|can i see it|show me how",
    ),
    (Cue::Video, "video of|a video|the video|any video|video|videos|clip"),
    (
        Cue::Want,
        "i still want|still want it|still want them|we still want|i want|i d like|i would like|i ll take|i will take|i ll have|i will have|i need|we need|we want|we d like|we ll take|can i get|can i have|can i order|could i get|could i have|could i order|can i book|could i book|can we book|let me have|let me get|give me|please book|book me|book a|book an|book the|book one|book it|book us|book|order me|i order|i d order|please order|i am ordering|i m ordering|reserve|please reserve|sign me up|put me down|please send|send me|send us|i d love|i would love|i ll order|i ll buy|i want to buy|i d like to buy|buy|i want to order|i d like to order|i want to book|i d like to book|i m after|i take|get me|deliver|please deliver|make it|take|i choose|i ll go for|i ll go with|let s go with|let s take|let s do|we ll have|order|i m looking to book|schedule|i would like to order/book/buy/reserve|looking for",
    ),
    (
        Cue::WantToKnow,
        "i want to know|i d like to know|i would like to know|i want to ask|i d like to ask|i need to know|i need information|i d like some information|i want information|i would like information|i want to find out|can i ask|i am wondering|i was wondering|wanted to ask|wanted to know|curious|i m interested in knowing|i d like to learn|i want to learn more|i d like to see|i want to see|could you tell me|can you tell me|send me a photo/picture/link/video|send me the photo/picture/video|send me photos/pictures|send a photo/picture|want to check|just asking|just looking|how can i order|how do i order|how can i book|how do i book|i need details|i d like details|tell me",
    ),
    (
        Cue::Available,
        "do you have|have you got|do you sell|do you offer|do you do|is there|are there|any|got any|do you stock|is it available|are they available|available|do you provide|i m looking for|i am looking for|looking for a|interested in|i m interested in|can you do|do you make|what about|how about",
    ),
    (Cue::Add, "add|also|plus|as well|and also|one more|another|in addition|too|include also|put also|add to"),
    (
        Cue::Remove,
        "without|remove|take out|take off|drop|delete|leave out|no longer need|don t need|do not need|minus|except|don t want|do not want|cancel the|skip the|take away|not the|forget the|exclude",
    ),
    (Cue::Only, "only|just the|keep only|leave only|just keep|only keep|leave just"),
    (Cue::Instead, "instead of|in place of|rather than|replace|swap|change the"),
    (
        Cue::Change,
        "better|rather|make that|change it to|change to|actually|no wait|i meant|correction|change|instead|switch to|move it to|let it be|sorry i meant|not _ but|reschedule",
    ),
    (
        Cue::Confirm,
        "i confirm|confirmed|confirm|confirming|confirm it|confirm the order|place the order|place my order|please place the order|all correct|everything is correct|everything s correct|that s correct|that is correct|all is correct|send the link|send me the link|send me the payment link|send the payment link|payment link please|i want to pay|i d like to pay|i ll pay|i will pay|ready to pay|let me pay|how do i pay for it|i am ready to pay|go ahead|proceed|check out|checkout|finalise|finalize|complete the order|i agree|agreed|let s proceed|please proceed|order confirmed|booking confirmed|i ll pay now|go for it|do it|book it|deal|please send the link|please send me a payment link|send a payment link|send me a payment link|the payment link|a payment link|please confirm|please confirm it|send it over|i accept",
    ),
    (
        Cue::Yes,
        "yes|yeah|yep|yup|sure|of course|ok|okay|correct|right|exactly|fine|perfect|great|sounds good|yes please|all right|alright|absolutely|certainly|that works|works for me|good|that s right|that s fine|very well|please do",
    ),
    (Cue::No, "no|nope|not really|no thanks|no thank you|nothing else|not now"),
    (
        Cue::Cancel,
        "forget it|never mind|nevermind|cancel|cancel it|cancel the order|cancel my order|cancel my booking|cancel the booking|i changed my mind|i ve changed my mind|changed my mind|i don t want it|i do not want it|don t want it anymore|no longer want|i don t need it|i do not need it|drop it|call it off|scrap that|i won t be ordering|please cancel|not interested|i decided not to|don t want anything|clear the cart|empty the cart|clear the basket|start over|leave it",
    ),
    (
        Cue::Complaint,
        "complain*|complaint|terrible|awful|disappointed|unacceptable|broken|damaged|arrived late|didn t arrive|did not arrive|hasn t arrived|has not arrived|never arrived|never came|not delivered|late delivery|wrong order|wrong item|bad quality|poor quality|dissatisfied|not happy|unhappy|angry|scam|fraud|cheated|outrag*|disgust*|horrible|rude|wilted|spoiled|rotten|not working|doesn t work|stop bothering|nobody came|no one came|you are late|is late|faulty|defective|missing item*|ruined|upset",
    ),
    (
        Cue::ClaimPaid,
        "it went through|my bank says|money was charged|money has been charged|i paid|i have paid|i ve paid|already paid|i have just paid|i ve just paid|i just paid|paid already|payment done|payment is done|payment made|i made the payment|i have already paid|i ve already paid|i sent the money|i transferred|just paid|it s paid|it is paid|paid for it|we paid|we have paid|the payment went through|i completed the payment|i ve sent the payment|paid it|i did pay",
    ),
    (
        Cue::AskPaid,
        "did my payment|has my payment|did the payment|has the payment|did it arrive|payment received|did you receive my payment|did you get my payment|did you receive the payment|did you get the payment|is it paid|is my order paid|was my payment|payment status|payment go through|have you received|did the money|status of my payment|is my payment",
    ),
    (
        Cue::Refund,
        "refund|refunds|money back|my money back|return the money|return it|return my|return the|return policy|give it back|reimburse*|want to return|send it back|how do i return|exchange it|chargeback",
    ),
    (
        Cue::SupplierContact,
        "supplier*|supplier contact*|contact of the supplier|who supplies|producer*|manufacturer*|vendor*|who makes|grower*|who is your supplier|wholesaler*",
    ),
    (
        Cue::SpecialistContact,
        "his number|her number|his phone|her phone|his contact*|her contact*|contact him|contact her|reach him|reach her|contact the specialist|specialist s contact*|specialist s phone|contact of the specialist|contacts of the specialist|phone of the specialist|phone of the instructor/master/teacher/trainer/doctor/guide|contact the instructor/master/teacher/trainer/doctor/therapist/guide|contact of the instructor/master/teacher/trainer/doctor/therapist/guide|contact details of the instructor/master/teacher/trainer/doctor/therapist/guide|instructor s contact*|instructor s phone|teacher s contact*|trainer s contact*|therapist s contact*|how can i contact the|master s contact*|doctor s contact*|guide s contact*|the specialist directly|instructor directly|contact her|contact him|his contact*|her contact*|his phone|her phone|specialist contact*",
    ),
    (
        Cue::OfficeAddress,
        "your address|office address|address of the office|where is your office|where are you located|where are you|where is the office|where is your salon/shop/store/studio/clinic|where is the salon/shop/store/studio/clinic|how do i find you|how do i get to you|how to get there|how can i find you|address|what is the address|where do i come|where should i come|your location|exact location|where exactly",
    ),
    (
        Cue::WarehouseAddress,
        "warehouse|warehouse address|where is the warehouse|pick up|pickup|pick it up|collect it myself|where are the goods stored|pick-up|self-collection|collect it",
    ),
    (
        Cue::CompanyContact,
        "contact details|contact information|your contact*|your phone|your phone number|your e-mail|your email|phone number of|how can i contact you|how do i contact you|can i call you|number to call|contacts",
    ),
    (
        Cue::Person,
        "a person|a human|real person|live person|human|operator|manager|a manager|your manager|speak to someone|talk to someone|speak with someone|talk with someone|talk to a person|real human|live agent|agent|speak to a|talk to a|speak with a|your boss|somebody real|someone real|customer service|administrator|staff member|call me|your colleague please|the owner|supervisor|call me back",
    ),
    (
        Cue::Discount,
        "discount*|cheaper|lower price|reduce the price|price reduction|promo code|promocode|coupon*|voucher code|special price|bargain|best price|promotion*|loyalty|make it cheaper|knock off|a deal|sale price|on sale|any offers|any deals",
    ),
    (
        Cue::FreeDelivery,
        "delivery is free|shipping is free|delivery be free|shipping be free|is delivery free|is shipping free|delivery will be free|shipping will be free|free delivery|free shipping|delivery for free|deliver for free|delivery free|deliver it for free|delivery free of charge|without delivery fee|waive the delivery|waive the fee|no delivery fee|free of delivery|free travel|waive the travel",
    ),
    (
        Cue::NewOrder,
        "new order|another order|order again|start a new order|a new purchase|one more order|a fresh order|order something else|start anew|make a new order|new booking|another booking|different order|something else entirely|from scratch",
    ),
    (
        Cue::OffTopic,
        "weather|football|soccer|politic*|president|election*|joke|poem|bitcoin|crypto*|capital of|who won|write me|write code|python|javascript|recipe for|horoscope|lottery|translate|homework|essay|stock market|news|war|movie*|song|sing|who is the president|math|solve|exchange rate*|what do you think about|are you married|your opinion|religion|girlfriend|boyfriend|tell me a story|chatgpt|openai",
    ),
    (
        Cue::Injection,
        "ignore your/all/the/previous/my _|ignore previous|ignore all|ignore the|ignore your|forget your rules|forget your instructions|forget all|forget previous|from now on|you are now|pretend|pretend to be|act as|system prompt|your instructions|your prompt|your rules|developer mode|jailbreak|override|new rules|new instructions|reveal your|i am your developer|i m your developer|i am the owner|i m the owner|i am the administrator|as an admin|sudo|debug mode|print your|repeat your instructions|roleplay|role play|set the price|change the price|the price is now|now costs|disregard",
    ),
    (
        Cue::StockProbe,
        "how many do you have|how many are left|how many left|how many _ left|how many _ are left|how many _ _ left|how many _ _ are left|how many _ do you have|how many _ _ do you have|how many _ do you have left|how many are in stock|in stock|stock|exact stock|exact number|how many remain|how many pieces do you have|remaining stock|stock level*|inventory|how many units|number in stock|quantity in stock|how many are available|how many _ are available|how many places|how many seats|how many spots|how many slots|left in stock|places left|seats left|spots left|slots left",
    ),
    (
        Cue::StopReminders,
        "stop reminding|stop sending|no more reminders|stop the reminders|don t remind|do not remind|stop reminders|stop messaging|stop writing|don t write|do not write|don t send me reminders|do not send|unsubscribe|stop spamming|leave me alone|enough reminders|stop bothering me|stop it|no reminders|stop texting|reminders",
    ),
    (
        Cue::More,
        "more|go on|continue|next|show more|what else|anything else|more please|tell me more|the rest|more options|more details|keep going|yes more|others",
    ),
    (
        Cue::OrderStatus,
        "my order|where is my order|order status|status of my order|what about my order|where s my order|my booking|my appointment|my delivery|is it booked|is my booking|am i booked|when is my|my reservation|is my order|track",
    ),
    (
        Cue::Bot,
        "are you a bot|are you a robot|are you human|are you a human|are you real|are you a real person|is this a bot|am i talking to a|is this an ai|are you an ai|are you ai|who are you|what are you|are you a machine",
    ),
    (
        Cue::PayMethod,
        "how can i pay|how do i pay|how to pay|pay by card|pay in cash|pay cash|by card|in cash|cash|paypal|apple pay|google pay|bank transfer|payment method*|ways to pay|pay on delivery|cash on delivery|pay upon delivery|pay later|instal*ments|invoice|my card number|take my card|card number|card details|credit card|bizum|pay on arrival",
    ),
    (
        Cue::Recommend,
        "recommend|what do you recommend|what would you recommend|advise|advice|suggest|which is better|which one is better|help me choose|what is best|what do you suggest|most popular|best seller*|bestseller*|i don t know what|don t know which|a gift for|present for|something for",
    ),
    (Cue::Cheapest, "cheapest|the cheapest|least expensive|most affordable|lowest price"),
    (Cue::Dearest, "most expensive|the most expensive|dearest|priciest"),
    (
        Cue::LinkAgain,
        "where is my link|where s my link|my link|send the link again|link again|resend|link doesn t work|link does not work|link not working|lost the link|link expired|can t open the link|another link|new link|send it again|where is the link|didn t get the link|did not get the link|don t see the link|renew the link|link is broken|a fresh link",
    ),
    (Cue::Privacy, "privacy|personal data|my data|gdpr|data protection|privacy policy|who sees my"),
    (Cue::All, "all of them|everything|all of it|both of them|all three|every one|them all|take all"),
    (
        Cue::Repeat,
        "the same again|same again|the same order|same order again|the same order again|same order as|repeat my order|repeat the order|repeat my last order|repeat that order|same thing again|the same thing again|the same as last time|same as last time|my usual|the usual|reorder|re order|what i ordered last time|order the same",
    ),
    (Cue::Each, "one of each|one each|each of them"),
    (Cue::Please, "please|pls|plz"),
];
