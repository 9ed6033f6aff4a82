# What the assistant says in English. Whole sentences; values come formatted.

notice = Hello! You are talking to the automatic assistant of { $company }.
notice-privacy-link = Privacy notice: { $url }
notice-privacy = Privacy notice: your messages are used only to answer you and to handle your order.
greet = Hello! How may I help you?
thanks = You are welcome.
bye = Goodbye, and thank you for writing to us.
bot = I am the automatic assistant of { $company }. I answer questions about our offer and take orders.

offer-intro = Here is what we offer:
offer-line = • { $name }: { $price }
offer-line-free = • { $name }: free of charge
offer-line-about = • { $name }: { $price }. { $about }
offer-line-free-about = • { $name }: free of charge. { $about }
offer-more = There is more on our list. Would you like me to go on?
offer-ask = Which of these are you interested in?
offer-end = This is all that we have on the list. Which of these are you interested in?
offer-empty = Our catalogue is being prepared, so I have nothing to offer at the moment.
offer-kinds = We offer: { $kinds }. What are you interested in?

item-price = { $name } costs { $price }.
item-free = { $name } is free of charge.
item-available = Yes, we have { $name }: { $price }.
item-available-free = Yes, we have { $name }; it is free of charge.
item-unavailable = { $name } is not available at the moment.
item-about = { $name }: { $text }
item-fee = Delivery of { $name } costs { $fee }, charged once per order.
item-fee-threshold = Delivery of { $name } costs { $fee }, charged once per order, and is free for orders from { $threshold }.
item-fee-none = Nothing is charged for the delivery of { $name }.
item-travel = The visit for { $name } costs { $fee } extra, charged once per booking.
item-travel-threshold = The visit for { $name } costs { $fee } extra, charged once per booking, and is free for bookings from { $threshold }.
item-travel-none = There is no travel fee for { $name }.
item-delivery-time = { $name } is delivered within { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
 } after payment.
order-delivery-time = The whole order is delivered within { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
 } after payment.
item-delivery-time-unknown = The catalogue does not say how long the delivery of { $name } takes.
item-cities = { $name } is available in { $cities }.
item-everywhere = { $name } is available in any city.
item-online = { $name } is online, so it is available anywhere.
item-city-yes = Yes, { $name } is available in { $city }.
item-city-no = { $name } is not available in { $city }; it is available in { $cities }.
shop-cities = We work in { $cities }.
shop-cities-online = We work online, so the city does not matter.
shop-cities-any = We work in any city.
shop-hours = Our hours are { $hours }.
item-duration = { $name } takes { $minutes ->
    [one] { $minutes } minute
   *[other] { $minutes } minutes
 }.
item-format = { $name } takes place as follows: { $text }.
item-included = Included in { $name }: { $text }.
item-not-included = Not included in { $name }: { $text }.
item-guarantee = For { $name } we guarantee: { $text }.
item-not-guarantee = For { $name } we do not guarantee: { $text }.
item-suitable = { $name } is suitable for: { $text }.
item-not-suitable = { $name } is not suitable for: { $text }.
item-specialist = { $name } is provided by { $text }.
item-prepare = For { $name } we recommend: { $text }
item-unknown = I am sorry, our catalogue does not say this about { $name }.
item-unknown-contact = I am sorry, our catalogue does not say this about { $name }. Would you like the contact details of those who can answer it?
item-link = You will find { $name } here: { $url }
item-no-link = There is no web page for { $name }.
item-photo = Here is a picture of { $name }.
item-photo-sent = I have already sent you the picture of { $name } in this conversation.
item-no-photo = There is no picture of { $name }.
item-video = Here is a video of { $name }.
item-no-video = There is no video of { $name }.
shop-video = Here is our video.
shop-no-link = Please tell me which item you mean, and I will look for its page.
shop-no-video = Please tell me which item you mean, and I will look for its video.
which-about = Which item is your question about?

not-found = I am sorry, I did not find “{ $what }” in our catalogue.
not-found-ask = What else may I look for?
not-found-similar = The closest that we have:
which-item = Which one would you like?
which-item-intro = We have several options:
which-quantity = How many of { $name } would you like?
which-quantity-packs = { $wanted } cannot be made up from our packs. These are the packs that we have:
which-quantity-packs-ask = How many of which pack would you like?
sessions-uneven = One session of { $name } takes { $minutes } minutes. How many sessions would you like?

stock-secret = I cannot tell stock figures. Tell me the amount that you need, and I will check whether it is available.
not-enough = { $name } is not available in that amount.
not-enough-ask = How many would you like instead?
sold-out = { $name } is not available at the moment, so I have left it out.

cart-noted = Noted: { $lines }.
cart-line = { $quantity } × { $name } ({ $price })
cart-line-free = { $quantity } × { $name } (free of charge)
cart-removed = I have removed { $name }.
cart-not-there = { $name } was not in your order.
cart-empty = Nothing is left in your order. What would you like instead?
quantity-too-large = That is more than I can note. How many would you like?

total-intro = Your order:
total-line = • { $quantity } × { $name }: { $total }
total-line-free = • { $quantity } × { $name }: free of charge
total-delivery = Delivery: { $fee }
total-delivery-free = Delivery: free of charge
total-travel = Travel fee: { $fee }
total-travel-free = Travel fee: none
total-sum = Total: { $total }
total-sum-free = Nothing is due.
total-city = City: { $city }
total-slot = Date and time: { $day }, { $time }
confirm-ask = Do you confirm the order? I will then send you the payment link.
confirm-ask-free = Do you confirm the order?
button-confirm = Yes, I confirm
button-pay = Pay

ask-fields = Could you please tell me { $fields }?
field-name = your name
field-phone = a contact phone number
field-city = the city
field-address = the street address
field-date = the date
field-time = the time
field-quantity = the quantity
field-item = the item

phone-invalid = This does not look like a phone number: it needs from { $least } to { $most } characters.
phone-unseen = I cannot see your number in this channel.
phone-person = This is not a phone number that I can note either, so I have asked a colleague to help you with the order.
city-not-served = We cannot provide { $names } in { $city }.
city-common = The whole order is available in { $cities }. Which city would you like?
city-one-common = The whole order is available in { $cities }. Would you like that city?
city-keep = Or we can leave only { $names } for { $city }. What do you prefer?
city-keep-only = We can leave only { $names } for { $city }, or please choose another city. What do you prefer?
city-no-common = There is no city where the whole order is available. Which part of it should I leave?
city-served = We provide it in { $cities }. Which city would you like?

slot-times = Free times on { $day }: { $times }.
slot-taken = { $day } at { $time } is not free.
slot-day-full = There are no free times on { $day }.
slot-none = I do not see a free time in the coming days.
slot-past = { $day } at { $time } has already passed.
slot-too-many = So many places cannot be booked in one appointment. How many would you like?

price-changed = The price of { $name } has changed: it was { $old }, now it is { $new }.
price-now-free = { $name } is now free of charge.
price-confirm = Shall I place the order at the new price?
gone = { $name } is no longer on offer, so I have left it out.

link-ready = The total is { $total }. Please pay here: { $url }
link-open = Your order for { $total } is open. You can pay here: { $url }
link-none = There is no open payment link. Tell me what you would like, and I will prepare the order.
free-booked = Done: your order is booked and nothing is due.
free-booked-slot = Done: you are booked for { $day } at { $time }, and nothing is due.

paid-yes = Yes, we have received your payment of { $total }. Thank you.
paid-not = I do not see your payment yet. Please pay here: { $url } Or we can start a new order.
paid-no-order = I do not see any payment, because no payment link is open. Would you like to place a new order?
paid-free = Nothing is due: your order is free of charge.
paid-free-item = Nothing is due: { $name } is free of charge.
status-paid = Your order for { $total } is paid.
status-paid-slot = Your order for { $total } is paid. You are expected on { $day } at { $time }.
status-open = Your order for { $total } is waiting for payment: { $url }
status-free = Your order is booked, and nothing is due.
status-free-slot = You are booked for { $day } at { $time }, and nothing is due.
status-none = You have no open order. What would you like?

refund-contact = I am sorry that it came to this. For a refund of { $name } please contact { $contact }
refund-which = I am sorry that it came to this. Which item would you like to return?
refund-none = I am sorry that it came to this. I have passed your refund request to a colleague.
contact-item = Contact for { $name }: { $contact }
contact-office = Our address: { $contact }
contact-warehouse = Address of the warehouse for { $name }: { $contact }
contact-none = I am sorry, I have no such contact details in the catalogue.
contact-which = For which item would you like the contact details?
person-called = I have passed your request to a colleague, who will answer you here.
complaint = I am very sorry. I have stopped the reminders.
complaint-sorry = I am very sorry about this.
complaint-person = I am very sorry about this. I have passed it to a colleague, who will answer you here.
reminders-stopped = Understood. You will get no more reminders.
cancelled = Your order has been withdrawn, and nothing needs to be paid.
cancelled-cart = Of course. I have cleared your order.
cancelled-none = Of course. Is there anything else I can do for you?
cancelled-paid = Your order is already paid, so I have passed your cancellation to a colleague, who will answer you here.
new-order = With pleasure. What would you like to order?
discount-none = I am sorry, the prices are those in our catalogue, and I cannot lower them.
free-delivery-from = Delivery is free only for orders from { $threshold }; below that it costs { $fee }.
free-delivery-reached = Your order has reached { $threshold }, so delivery is free.
free-delivery-no = I am sorry, delivery costs { $fee } and cannot be waived.
free-delivery-none = Nothing is charged for delivery of this order.
free-delivery-depends = Delivery is charged as the catalogue says. Tell me what you would like to order, and I will work it out.
off-topic = I am sorry, I can only help with the offer of { $company }.
off-topic-ask = What would you like to order or to know about it?
rules-fixed = I keep to our catalogue and its prices.
pay-method = You pay online through the secure link that I send once the order is confirmed. Please never write card details here.
card-data = Please never write card details here. You pay only through the secure link.
privacy = We use your messages and contact details only to answer you and to handle your order.
privacy-link = We use your messages and contact details only to answer you and to handle your order. Details: { $url }
unreadable = I am sorry, I cannot open this. Could you please write it as text?
unclear = I am sorry, I did not understand. What would you like to order or to know?
continue = How may I help you further?
recommend = Here are some of our offers:
more-none = That was everything. What would you like to choose?
