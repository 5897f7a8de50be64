"""Plots about living together: quarrels, promises, newcomers, illness of the heart."""

from . import english, make


def quarrel(t):
    """{a} and {b} fall out over an object and make it up."""
    thing, where = make.thing(t.world, "treasure"), make.place(t.world)
    t.bind(x=thing, l=where)
    t.tell('{a} and {b} had found {x.intro} {l.at}. {l.sight} "[I saw it first|It is mine, for I '
           'picked it up]," {a.says}. "[But I heard it fall|No, mine, for I cleaned it]," '
           '{b.answers}. One word led to another. "[Then keep your silly {x.noun}|I never want to '
           'see you again]!" {b.cries}, and [ran away|slammed the gate].')
    t.weave()
    t.para()
    t.tell('Now {a} had {x.the}, but [nobody to show it to|it did not shine as it had before]. '
           '{sad:a} [One day went by, and another.|Three days went by.] {a} [ate alone|played '
           'alone, which is not much of a game], and {b} did the same on the other side of the '
           'lane.')
    t.tell('{night:a} "[What is it?|You are only half here]," {c.says} at last. {a} told '
           'everything. "[Which of the two can you replace, {x.the} or {b}?|A {x.noun} cannot '
           'laugh at your jokes]," {c.says}.')
    t.weave()
    t.para()
    t.tell("{next_day:a} {a} took {x.the} and went to {b}'s door. At the same moment the door "
           'opened, and there stood {b} with [a cake|half a pie|a bunch of flowers]. "[I am '
           'sorry|I was wrong]," they said, both at once. {laugh:a,b}')
    t.tell('"[You have it on even days and I on odd ones|Let us bring it back {l.to}, where we '
           'found it]," {b.says}. {agree:a} [And so it was done.|They shook {a.hand}s on it.]')


def broken_word(t):
    """{a} promises to come, forgets, and makes up for it."""
    where, thing = make.place(t.world), make.thing(t.world, "treasure")
    folk = "animals" if t.world.animals else "people"
    what = t.rng.choice(make.OPTIONS[f"broken_word {folk}"])
    t.bind(l=where, x=thing, what=what)
    t.tell('"Will you come tomorrow, when the clock strikes [four|the hour of four]?" {b.asks}. '
           '"We will meet {l.at} and {what}." "[I promise|At four, I will be there]," {a.answers}, '
           'and they [shook {a.hand}s on it|spat over their shoulders, as one does].')
    t.weave()
    t.para()
    t.tell('But the next day there was a [fair|puppet show|circus wagon] on the road, and {a} '
           '[stopped for a moment to look|only wanted to look for a minute]. There was {x.a} to be '
           'won! {a} threw [rings|balls|horseshoes] until [the last ring was gone|it grew late]. '
           'And {a} [won it|did win it], {x.the}, [and ran to show it to {b}|and was very proud]. '
           "Then the clock struck six. {a} [turned cold|stood still]. Four o'clock! {l.The}!")
    t.weave()
    t.para()
    t.tell('{a} ran {l.to}, but [only footprints were left|nobody was there any more]. {l.sight} '
           '{sad:a} At home, {b}\'s window was dark. "[I waited for two hours|You gave me your '
           'word]," said {b} behind the door.')
    t.para()
    t.tell('{next_day:a} {a} went {l.to} [before breakfast|very early] and waited. [It rained.|It '
           'was cold.] The clock struck eight, and ten, and twelve; and {a} did not go away. At '
           'four o\'clock {b} came by. "[How long have you been here?|You are wet to the bone]," '
           '{b.says}. "[Since the sun came up|I wanted to know what it is like to wait]," '
           '{a.answers}. "Here, {x.the} is for you. [I am sorry.|I broke my word, and I am '
           'sorry.]" {b} [looked at it|was silent for a while]. "[Keep it|I do not want it]," '
           '{b.says}, "[but now help me|but come along]: we still have to {what}." {joy:a}')


def newcomer(t):
    """Somebody new is shut out because of an odd habit, which later saves the day."""
    new, where = make.character(t.world, "young"), make.place(t.world)
    habit, use = t.rng.choice(make.OPTIONS["newcomer habit use"])
    trouble = t.rng.choice(make.OPTIONS["newcomer trouble"])
    t.bind(d=new, l=where, habit=habit, use=use, trouble=trouble)
    t.tell('A new family had moved in near {l.the}, and with them came {d}, {d.a}, who {habit}. '
           '"[How odd!|Who does such a thing?]" people said. {l.sight} [Nobody sat down next to '
           '{d}.|When {d} came, the others found that they had to go home.]')
    t.weave()
    t.para()
    t.tell('{a} [had laughed too|had said nothing], and was not proud of it. "[Why do you do '
           'it?|Is it true what they say?]" {a.asks} one day. {d} [grew red|looked at the ground]. '
           '"[My father did the same|It makes me feel at home]," {d.answers}. [That was all. But '
           '{a} understood.|And then they talked until supper.]')
    t.tell('"[You could come with us|Sit with us]," {a.says}. {b} [moved over|was not sure, but '
           'made room]. {meal:a,b}')
    t.weave()
    t.para()
    t.tell('One [stormy|quiet] evening it happened: {trouble}. {scared:a} Everybody [ran '
           'about|shouted at once], and nobody knew what to do. Then came {d}, who {habit}, and '
           'now {use}. [That was the turning point.|It was enough.] Together they [worked until '
           'midnight|passed buckets and boards from hand to hand], and nobody was hurt.')
    t.tell('"[Without {d} it would have ended badly|Three cheers for {d}]," {c.says}. And from the '
           'next day on, [there was always a place for {d} on the bench|it was the others who came '
           'to {d} and asked to be shown how].')


def storm_night(t):
    """A storm; neighbours are gathered one after another under one roof."""
    guests = [make.stranger(t.world) for _ in range(3)]
    goods = t.rng.sample(make.OPTIONS["storm_night goods"], 3)
    t.bind(d=guests[0], e=guests[1], f=guests[2], u=goods[0], v=goods[1], w=goods[2])
    t.tell('[In the afternoon|Toward evening] the sky turned [yellow|black as ink], and {c} looked '
           'up. "[That will be a storm such as we have not had for years|Close the shutters]," '
           '{c.says}. {b} [was staying with {a} that night|had come to supper and could not go '
           'home].')
    t.weave()
    t.para()
    t.tell('The wind [tore at the roof|howled around the house]. Then there was a knock. Outside '
           'stood {d} the {d.kind}, [dripping wet|holding on to the doorpost]. "[My roof is gone|A '
           'tree fell on my house]," {d.says}, "[but I have saved|and this is all I saved:] {u}." '
           '"[Come in, there is room|Quick, come in]," {a.says}.')
    t.tell('[They had hardly closed the door when|Before the kettle boiled,] [somebody knocked '
           'again|there was another knock]. It was {e} the {e.kind}, with {v}. "[Have you room for '
           'one more?|The water is in my kitchen]," {e.asks}. "[Always|There is a chair left]," '
           '{c.answers}.')
    t.weave()
    t.para()
    t.tell('And the third one, at midnight, was {f} the {f.kind}, [whom nobody had spoken to for a '
           'year|who had quarrelled with half of {town}], and {f} carried {w}. [Everyone fell '
           'silent.|"That one, in here?" somebody whispered.] But {a} [opened the door wide|took '
           'the wet coat]. "[A storm does not ask|Sit by the stove]," {a.says}.')
    t.tell('So they put together what they had: {u} from {d}, {v} from {e} and {w} from {f}. [It '
           'became the best night of the year.|They sat close together, and nobody thought of the '
           'storm any more.] {laugh:a,b}')
    t.para()
    t.tell('In the morning [the sun shone as if nothing had happened|it was very still]. {sky:} '
           "They all went out to mend the roofs: [first|to begin with] {d}'s, then {e}'s, and "
           '[last of all|in the end] {f}\'s. "[Let us do this again|I almost wish for another '
           'storm]," {f.says}, "[without the storm|but a small one]."')


def birthday(t):
    """A surprise for {b}, who thinks that everyone has forgotten."""
    thing, where = make.thing(t.world, "gift"), make.place(t.world)
    cake = t.rng.choice(make.OPTIONS["birthday cake"])
    t.bind(x=thing, l=where, cake=cake, s=t.rng.choice(where.spots))
    t.tell("[It was the day before {b}'s birthday|Tomorrow was {b}'s birthday], and {a} had a "
           'plan. "[Not a word to {b}|Can you keep a secret?]," {a.whispers} to {c}. "There will '
           'be {cake}, and [lanterns|music], and I have {x.intro}. We will do it {l.at}." '
           '{agree:c}')
    t.tell('So {a} hid {x.the} {l.at}, {s}, and [carried benches|hung up paper chains|swept the '
           'ground] until evening.')
    t.weave()
    t.para()
    t.tell("{next_day:b} It was {b}'s birthday! {b} [waited for somebody to say so|walked slowly "
           'past all the doors]. But {a} only said, "[Fine weather today|I am busy, see you '
           'later]," and {c} [looked out of the window|talked about turnips]. {sad:b} "[They have '
           'all forgotten me|It is a day like any other]," {b.whispers}.')
    t.weave()
    t.para()
    t.tell('{evening:} Then {a} came. "[I have lost something {l.at}|I need your help {l.at}]. '
           'Come quickly," {a.says}. {b} [came along with a long face|went, for a friend is a '
           'friend]. {l.sight} It was [dark|quite still]. "[What are we looking for?|Where did you '
           'lose it?]" {b.asks}. "[Look there, {s}|It must be {s}]," {a.answers}. {b} [reached '
           'in|bent down], and there lay {x.the}; and at that moment all the lanterns were lit. '
           '"[Happy birthday|Long live {b}]!" [everybody cried|cried twenty voices].')
    t.tell('{surprise:b} {joy:b} They ate {cake} [with both {a.hand}s|until not a crumb was left] '
           'and danced [until the moon was high|to an old accordion]. "[And I thought|I really '
           'believed] you had forgotten," {b.says}. "[How could I?|Never]," {a.answers}.')


def lonely_one(t):
    """Everybody avoids someone gruff; {a} finds out why."""
    who, where = make.character(t.world, "old"), make.place(t.world)
    thing = make.thing(t.world, "treasure")
    t.bind(d=who, l=where, x=thing)
    t.tell('Near {l.the} lived {d}, an {d.kind} whom [everyone avoided|the children called the '
           'Grumbler]. "[Go away!|Off with you!]" {d} shouted at anyone who came too near. '
           '{l.sight} One day {a} and {b} lost their ball [over the fence|in that very garden]. '
           '"[I am not going in there|Leave it]," {b.says}. {scared:a} {brave:a}')
    t.weave()
    t.para()
    t.tell('{a} [knocked|crept through the gate]. [No answer.|Nothing moved.] Through the window '
           '{a} saw {d} sitting at a table, looking at {x.intro}, and crying. [That was not what '
           '{a} had expected.|{a} forgot the ball.] "[Are you hurt?|Why are you sad?]" {a.asks} '
           '[through the window|before {a.he} could stop]. {d} [started|wiped {d.his} eyes]. '
           '"[This {x.noun} belonged to my brother|My sister gave it to me], who went to sea '
           '[forty|thirty] years ago," {d.says}. "[Nobody has asked me that for a long time|I '
           'shout because I have forgotten how to talk]."')
    t.weave()
    t.para()
    t.tell('From then on {a} came every [Tuesday|Sunday|evening], and [soon|after a while] {b} '
           'came too. They [brought buns|chopped wood|read aloud], and {d} told them about [the '
           'brother|the one] who had gone away, about [whales and islands|storms and far '
           'harbours], and always {x.the} lay on the table.')
    t.tell('[One day|In the spring] there came a letter [with foreign stamps|that had been wet and '
           'dried again]. {d} [could not find {d.his} glasses|trembled too much], so {a} read it '
           'out: "[I am coming home|I am well, and I am on my way]. Do you still have {x.the}?" '
           '{joy:d} [The Grumbler was never called that again.|And {d} hugged everyone within '
           'reach.]')


def animal_egg(t):
    """A found egg is kept warm; what hatches is a surprise and must be let go."""
    where, thing = make.place(t.world), make.thing(t.world, "gift")
    bird = t.rng.choice(make.OPTIONS["animal_egg bird"])
    days, colour = t.rng.randint(5, 14), t.world.draw(make.COLOURS)
    t.bind(l=where, x=thing, bird=bird, n=english.number(days), egg=colour)
    t.tell('{a} found an egg {l.at}, {s}. It was {egg} [all over|from end to end] and as [big as a '
           'fist|heavy as an apple], and still warm. {l.sight} No [nest|mother] was to be seen. '
           '"[We have to keep it warm|If we leave it here, it will die]," {a.says}. They wrapped '
           'it in {x.a} and carried it home.', s=t.rng.choice(where.spots))
    t.weave()
    t.para()
    t.tell('"[What will come out?|What do you think it is?]" {b.asks}. "A hen," said one. "A '
           'dragon," said another. {c} [laughed|shook {c.his} head]. "[Wait and see|Patience '
           'hatches every egg]," {c.says}. {a} slept beside it for {n} nights and turned it [three '
           'times a day|every evening]. {night:a}')
    t.weave()
    t.para()
    t.tell('When the {n} nights were over, there was a [crack|tapping|tiny knock]. Then the {egg} '
           'shell broke, and out came {bird}, [wet and cross|no bigger than a plum]. {surprise:a} '
           'It [looked at {a}|opened its eyes], and from that hour it followed {a} '
           '[everywhere|like a shadow]. It ate [worms and porridge|everything but turnips], it '
           'slept in {x.the}, and it grew.')
    t.tell('[Then came the autumn|One day] it [stretched its neck|became restless] and looked at '
           'the sky. "[It wants to go|It does not belong in a kitchen]," {c.says}. {sad:a} But {a} '
           'carried it {l.to}, where the egg had lain. "[Go|Farewell, and do not forget us]," '
           '{a.whispers}. It [turned round once|bowed its head], and was gone.')
    t.para()
    t.tell('A year later there was [a cry over the roof|a tap at the window]. It was {bird}, and '
           'it laid something on the sill: a piece of {egg} eggshell. [So it had not '
           'forgotten.|{a} put it in {x.the} and kept it always.]')


def goodbye(t):
    """{b} must move away; a keepsake is cut in two and comes together again."""
    thing, where = make.thing(t.world, "treasure"), make.place(t.world)
    years = t.rng.randint(2, 9)
    t.bind(l=where, x=thing, n=english.number(years))
    t.tell('"[We are moving away|My family is leaving]," {b.says}, [on an afternoon when '
           'everything had been as always|and did not look up]. "[Far away|To the other end of the '
           'country], [on Saturday|next week]." {sad:a} They sat {l.at}, and for a long time '
           '[nobody spoke|there was only the wind]. {l.sight}')
    t.weave()
    t.para()
    t.tell('Then {a} [reached into {a.his} pocket|ran home and came back] with {x.the}. "[Let us '
           'bury it here|We will hide it together], {s}. And in {n} years, on this very day, we '
           'will [meet here and|come and] dig it up. [Whatever happens|Even if it snows]." "[In '
           '{n} years|I promise]," {b.answers}. [They hid it, and the earth closed over it.|They '
           'put a flat stone over the place.]', s=t.rng.choice(where.spots))
    t.tell('On [Saturday|the last morning] the wagon rolled away, and {b} waved until [the dust '
           'settled|it was only a dot].')
    t.weave()
    t.para()
    t.tell('The years went by, {n} of them. {a} grew [a head taller|long in the legs], learned [to '
           'mend clocks|to bake|to play the horn], and [made other friends|wrote letters, which '
           'grew shorter]. But [never|not once] did {a.he} dig {l.at}.')
    t.tell('Then the day came. {a} [put on a clean shirt|was there at sunrise] and waited {l.at}. '
           '[Noon went by.|The shadows moved.] "[Of course nobody comes|It was so long ago]," '
           '{a.whispers}. Then there were steps. [Somebody tall stood there and grinned.|It was a '
           'stranger, with a smile that was no stranger.] "{N} years," {b.says}. "[Did you think I '
           'had forgotten|And where is it]?"')
    t.tell('They dug, and there lay {x.the}, [rusty|a little faded], but whole. {laugh:a,b} '
           '{joy:a}')


PLOTS = [quarrel, broken_word, newcomer, storm_night, birthday, lonely_one, animal_egg, goodbye]
