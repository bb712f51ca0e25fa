/**
 * Passwords of eight characters and more that people choose most often, in lower case and without those of digits
 * alone: whoever guesses tries these first (OWASP ASVS 5.0, 6.2.4).
 */
export const commonPasswords = `
!qaz2wsx %%passwo 007james 013cpfza 063dyjuy 085tzzqi 0987654321q 0o9i8u7y 11223344q 123123123a 123123123q 123123qwe
123123qweqwe 1232323q 123321qwe 12344321q 1234567890a 1234567890q 1234567890qw 1234567890s 1234567890z 123456789a
123456789abc 123456789b 123456789d 123456789g 123456789k 123456789l 123456789m 123456789n 123456789o 123456789p
123456789q 123456789qaz 123456789qqq 123456789qwe 123456789qwerty 123456789r 123456789s 123456789t 123456789v
123456789w 123456789x 123456789z 12345678a 12345678c 12345678q 12345678z 1234567a 1234567aa 1234567d 1234567q
1234567u 1234567z 123456aa 123456ab 123456abc 123456as 123456asd 123456qaz 123456qq 123456qqq 123456qw 123456qwe
123456qwerty 123456ru 123456zxc 12345abc 12345asd 12345qaz 12345qwe 12345qwer 12345qwert 12345qwerty 12345trewq
12345zxcvb 1234abcd 1234asdf 1234kekc 1234qwer 1234qwerasdf 1234qwerty 1234rewq 1234rmvb 1234zxcv 123asd123
123hfjdk147 123masha 123mudar 123qaz123 123qq123 123qwe123 123qwe321 123qwe456 123qwe456rty 123qweas 123qweasd
123qweasdzxc 123qwert 123qwerty 12e3e456 12locked 12monkey 12qw12qw 12qw34er 12qwaszx 12qwerty 12s3t4p55 1357911q
151nxjmt 154ugeiu 1972chev 1a2a3a4a 1a2a3a4a5a 1a2b3c4d 1a2b3c4d5e 1a2s3d4f 1a2s3d4f5g 1basebal 1charlie 1diamond
1footbal 1hxboqg2 1jennife 1letmein 1michael 1million 1mustang 1pass1page 1passwor 1password 1patrick 1q2q3q4q
1q2q3q4q5q 1q2w3e4r 1q2w3e4r5 1q2w3e4r5t 1q2w3e4r5t6y 1qa2ws3e 1qa2ws3ed 1qay2wsx 1qaz!qaz 1qaz2wsx 1qaz2wsx3edc
1qaz2wsx3edc4rfv 1qazxsw2 1qazxsw23edc 1qazzaq1 1qw23er4 1qwertyu 1superma 1thunder 1william 1x2zkg8w 1z2x3c4v
1z2x3c4v5b 2112rush 23176djivanfros 23skidoo 2w3e4r5t 2wsx1qaz 2wsx3edc 2wsxcde3 2wsxzaq1 33rjhjds 368ejhih 380zliki
383pdjvl 3edc4rfv 3edcvfr4 3rjs1la7qe 3stooges 3syqo15hil 44magnum 45m2do5bs 4815162342lost 4904s677075 4r3e2w1q
4rfv3edc 4rfv5tgb 4z34l0ts 554uzpad 55bgates 5hsu75kpot 5tgb6yhn 5wr2i7h8 67camaro 68camaro 69camaro 78n3s5af
7hrdnw23 7ugd5hip2j 808state 89231243658s 8j4ye3uz 8phrowz622 8phrowz624 911turbo 9293709b13 987654321a 987654321q
a1234567 a12345678 a123456789 a123456a a1a2a3a4 a1a2a3a4a5 a1b2c3d4 a1b2c3d4e5 a1s2d3f4 a1s2d3f4g5 a987654321
aa123456 aardvark aassddff abc12345 abc123456 abcd1234 abcde123 abcdef123 abcdefg1 abcdefgh abcdefghi aberdeen
abigail1 abnormal abracada abracadabra abrakadabra abulafia acapulco access12 access14 access99 accessno account1
acerview aceshigh achilles acidburn acidrain acun3t1x adelphia adgjmptw admin123 admin1234 admin18533362
administrateur administrator adrenali adrenalin adventur aerosmit aerosmith afrodita agent007 agnieszka airborne
airforce airforce1 airplane akatsuki alabama1 alastair albatros alcatraz alejandr aleksander aleksandr aleksandra
alessand alessandro alex1234 alex2000 alexande alexander1 alexandr alexandre alexandru alfarome alfaromeo algernon
alhambra aligator alkaline allalone allblack alleycat alligato alligator allison1 allnight allstars allstate
aloysius alpacino alpha123 alphabet alphaman alphaone alskdjfhg alterego amanda12 amanda18 amanda69 amarillo
amateurs amber123 ambrosia ambulanc america1 amethyst amoremio amsterda amsterdam anabolic anaconda anakonda
anastasi anastasiya anatoliy andre123 andreas1 andreeva andrew12 android1 andromed andromeda andyod22 angel123
angel666 angel777 angeleye angelito angelofwar anhyeuem anna1987 anna2614 annamari annemari anonymou another1
anteater antelope anthony1 anthony2 anthony7 antigone anton123 antonell antonio1 antonius antoshka anuradha apollo11
apollo13 apple123 applepie aq1sw2de3 aqswdefr aquafina aqualung aquarius arabella arachnid aragorn1 arcangel
archange archangel architec argentin argonaut arhangel arizona1 armadill armageddon armagedon armstron arrowhea
arschloch arsehole arsenal1 arsenalf arsenalfc art131313 artofwar as123456 asd12345 asd123456 asd123asd asdasd123
asdf1234 asdfasdf asdffdsa asdfg123 asdfg12345 asdfgh01 asdfgh12 asdfgh123 asdfghjk asdfghjkl asdfghjkl1
asdfghjkl123 asdfjkl; asdfqwer asdfzxcv asdqwe123 asfnhg66 ashley12 asmodeus aspirine assa1234 assassin assassins
assclown asslover assmaste assmunch astalavista asterios asterix1 astonvil astonvilla astroboy atlanta1 atlantida
atlantis atreides augustin aurelius austin12 austin31 austin316 australi autobahn autumn2024 avalanch avalanche
avangard avenger1 awesome1 azathoth azerty123 azerty123! azerty1234 azertyui azertyuiop azertyuiop123 azsxdcfv
azsxdcfvgb babemagn babemagnet baberuth babushka babybear babyblue babycake babycakes babydoll babyface babygirl
babygirl1 babygurl babylon5 babylove backbone backdoor backlash backspac badabing badgirls badkarma badkitty
badlands badnaamhere bagpipes bajingan baldrick balloons baltimor banderas baphomet baracuda barakuda barbados
barbara1 barbaria barbarian barcelon barcelona barefeet barefoot baritone barkley1 barracud barracuda barselona
bartende basebal1 baseball baseball1 basketba basketbal bassfish bassline batman12 batman123 batman69 batman99
batterse bayliner baywatch bcfields beachbum bearcats beatles1 beautifu beckham7 beefcake beethove behemoth bella123
bellagio bellevue belochka bendover benessere bennett1 bentley1 bergkamp berliner bernard1 bernhard berserker
besiktas bestfriend beszoptad bethany1 bettyboo bettyboop bigblack bigblock bigbucks bigdaddy bigfoot1 biggdogg
bigmoney bigpoppa bigstick bigtruck bigtymer bigwilly billabon billabong billiard billy123 billybob billyboy
billyjoe binladen biohazard bionicle birthday1 birthday21 birthday4 biscuit1 bismarck bismilla bismillah biteme69
black123 blackass blackbea blackbel blackbelt blackber blackberry blackbir blackbird blackbox blackboy blackcat
blackcoc blackdog blackhaw blackhawk blackhol blackice blackie1 blackjac blackjack blacklab blackops blackout
blackrose blackshe blacksta blacksun blacktop bladerun bladerunner blahblah blaster1 blastoff blessed1 blessing
blingbling blink182 blizzard blondie1 blondinka bloopers blowfish blue1234 bluearmy blueball bluebear bluebell
blueberr bluebird bluedevi blueeyes bluefish bluegill bluegras bluejays blueline bluemoon bluenose bluenote bluerose
bluesman bluestar bobafett bobby123 bobdylan bobmarle bobmarley bocephus bodyshop bondarenko bonefish bonehead
bonethug bonghits bonjour1 bonjour123 boogaloo bookcase bookmark bookworm boondock bootneck borabora bordeaux
boris123 borussia boscoe01 bosstone br00klyn bradley1 brandon1 brasilia bravehea braveheart brazzers breakers
brendan1 brentfor bretagne brethart brian123 brianna1 bridget1 brighton britney1 britneys broncos1 broncos7 broodwar
brooklyn brother1 browndog browneye brucelee bruno123 bubba123 bubbadog bubblegu bubblegum bubbles1 buckeye1
buckeyes buckshot buckster buckwhea budapest buddy123 buddyboy buddydog budlight budweise budweiser buffalo1
buffalos bugsbunn bugsbunny bukowski bulldawg bulldog1 bulldog2 bulldogg bulldogs bullfrog bullhead bullride
bullseye bullwink bumblebe bungalow bunghole buratino businessbabe bustanut buster01 buster11 buster12 bynthytn
c3por2d2 caballer cabernet cableguy cabowabo cachondo cachorro cadillac cadr14nu caitlin1 calamity calavera caliente
californ caligula calimero callisto callofduty camaro69 camaross camaroz2 cambiami cambridg camelot1 cameron1
camille1 canadien candy123 candyass candycan candyman cannabis cannibal cannonda cantona7 capetown capital1 capitals
capoeira capricor capricorn capslock captain1 cardinal care1839 carebear carefree carlitos carnival carolcox
carolina carpedie carpediem carpente carthage cartman1 cartoons casablan casablanca casanova casey123 caseydog
cashflow cashmone cashmoney cassandr castaway catdaddy catfight catfish1 catherin catlover catwoman cavalier
cbr600rr cbr900rr cdtnjxrf cdtnkfyf cdznjckfd celestia cellphon celticfc celtics1 centauri centrino centurion
cerberus cezer121 cfitymrf chainsaw challeng chamonix champagn champion changeit changeme changeme1 changeme123
characte charger1 chargers charisma charles1 charles2 charlie1 charlie123 charlie2 charlie3 charlie5 charlie6
charlie7 charlie9 charlies charlott charlton charmed1 checkers checkmat cheerios cheerleaers chelsea1 chelsea2
chelseafc chemistr cherokee cherries cheshire chessman chester1 chester2 chevelle chevrole chevrolet chevy454
chevyman chevys10 chevyz71 chewbacc chewbacca cheyanne cheyenne chgobndg chicago1 chicago2 chicken1 chicken2
chickens chickenwing101 chilidog chillout chimaera chinacat chinaman chipmunk chipper1 choclate chocolat chocolat123
chocolate1 chopper1 choppers chouchou chris123 chrisbln chrissy1 christia christin christma christof christop
christophe christos christy1 chrysler chuckles churchil cidkid86 cinnamon citibank civilwar cjkysirj cjrjkjdf
clarinet classic1 classics claudia1 claymore clemson1 cleopatr clevelan clinton1 clippers close-up cnfybckfd
cnjvfnjkju cobra427 cocacola codeblue coldbeer coldfire coldplay collecti colleen1 college1 colombia colorado
colossus colt1911 coltrane comanche combat123654 comcast1 comicbook comicbookdb commande commando commodor compaq12
computer computer1 concorde concrete connect1 consumer contortionist control1 cookies1 coolbean cooldude coolgirl
coolhand coolness copenhag corleone cornbrea cornhole cornholi correcthorsebatterystaple cortland corvet07 corvette
costaric costarica cosworth coucou123 countach counterstrike country1 countyli courtney1 coventry cowboys1 cowboyup
cracker1 crackhea cracksevi cranberr crazybab crazyman crazyzil creatine creative creepers crescent cricket1
crimson1 cristiano crjhgbjy crocodil crusader cruzazul crystal1 ctdfcnjgjkm cthuttdyf culinary cupcake1 cutegirl
cutiepie cvbhyjdf cvzefh1gkc cxfcnkbdfz cxfcnmttcnm cyberonline cyclones cygnusx1 cynthia1 d1i2m3a4 dad2ownu
daddy123 daedalus daffodil dagestan dagobert daisy123 daisydog daisymae dallas22 dallastx damage11 dangerou daniel12
daniel123 daniela1 danielit dannyboy danthema dapzu455 daredevi daredevil darkange darkangel darkjedi darkknight
darklord darkmoon darkness darkside darkstar darkwing darkwolf darthmau darthvad darthvader dasha123 dashadasha
davecole david123 davidoff daydream dbjktnnf dbrnjhbz dbrnjhjdbx deadhead deadlift deadmeat deadpool deadspin
death123 death666 deathnote deathrow deathsta debian123 deborah1 deepblue deepthro deerhunt deeznuts deeznutz
default123 defender defiant1 deftones delorean delpiero demon666 denis123 depechemode derparol derrick1 designer
desperad desperado destiny1 destroye detectiv detroit1 deutschland devil666 devildog devildriver devilman
devilmaycry devilmaycry4 dfcbkbcf dfcbkmtd dfktynby dfktynbyf dgl70460 dhjnvytyjub diamante diamond1 diamonds
diciembr dietcoke digital1 digiview dilbert1 dilligaf dillweed dima1995 dima1996 dimensio dingdong dinosaur diogenes
dipstick direwolf dirtbike dirtyboy dirtydog discover disturbe dixiedog djgabbab dkflbckfd dkflbvbh dkflbvbhjdbx
dkflbvbhjdyf doberman dodgeram dodgers1 dogbreat dogfight doggydog doggysty doggystyle doghouse dogpound dolemite
dolittle dollface dolphin1 dolphin2 dolphins doma77ns domainlock2005 domenico dominic1 dominika dominion dominiqu
dont4get dontknow doomsday doorknob doraemon dortmund dothedew doudou123 doughboy douglas1 downhill dragon01
dragon10 dragon11 dragon12 dragon123 dragon13 dragon21 dragon22 dragon23 dragon66 dragon69 dragon76 dragon88
dragon99 dragonba dragonball dragonballz dragonfl dragonfly dragons1 dragrace dragster dreamcas dreamcast dreamer1
dreamers drjynfrnt dropdead dropkick drowssap drpepper drumline drummer1 drummers dthjybrf dthyjcnm dtkjcbgtl
dtxyjcnm ducati99 duckhunt duckling ducksoup duffbeer duracell durango1 dustydog dutchess dutchman dynamite dynastar
dzxtckfd eagleeye eagleone earnhard earthlin earthlink eastside eastwood eatmenow eatmeraw eclipse1 edelweis
edgewise edinburg edwardss efbcapa201 eggplant eightbal eightball einstein eintrach ejaculation ekaterina elaine22
elbereth elcamino eldiablo eldorado electric electron element1 elephant eleven11 elfquest elisabet elizabet
elizaveta elvira26 elvis123 emachine emachines emanuele embalmer emmitt22 emyeuanh energize enforcer engineer
england1 enter123 enternow enterpri enterprise envision epaulson epiphone erection ericsson escalade escorpio
esperanz espresso essaim123 essendon eternity ethernet euphoria evanescence evangeli evangelion evenflow evergree
everlast everques everquest everton1 evgeniya evildead evolutio excalibu excalibur excellen exploite explorer
express1 extreme1 eyecandy f00tball f15eagle fabienne fabregas facebook facebook1 failsafe fairlane fairmont
fairview fakepass falcon16 falcons1 falstaff fandango fantasia fantasti fantasy1 fantomas farscape farside1
fartripper fastback fastball fastcars fastlane fatluvr69 favorite2 favorite5 favorite6 favorite7 favorite8 fcbayern
fearless feathers federica fedorova feelgood fellatio fellowes ferdinan ferrari1 ferrari2 ferrari3 feyenoord
fgjrfkbgcbc fgtkmcby fhntv1998 fhvfutljy fidelity fightclu fightclub finalfan finalfantasy fireball firebird
fireblad fireblade firefigh firefighter firefox1 firehawk fireman1 firestar firestor firestorm firetruc firewall
firework fishbone fishcake fisherma fisherman fishface fishfood fishhead fishing1 fishtank fivestar fkbyjxrf
fkmnthyfnbdf fktrcfylh fktrcfylhf fktrcfylhjdbx fktrcfylhjdyf fktyeirf fktyjxrf flamengo flamingo flapjack flashman
flathead flatline flexible flhtyfkby flintsto flipflop flipmode flipper1 flipside florida1 flounder flowers1
flvbybcnhfnjh flyers88 fnkfynblf followme footbal1 football football1 footlove fordf150 fordf250 fordf350 fordtruc
foreplay foreskin forest11 forever1 forgetit forklift formula1 forsaken fortnite fortnite1 fortune12 fortytwo
foucault foxhound foxtrot1 foxylady francesc francis1 francisc frank123 frankfur frankie1 frdfhbev freckles fred1234
fredderf freddie1 frederik free4all freebird freedom1 freedom2 freedom3 freedom7 freefall freelove freeman1 freepass
freeride freestyl freetime freeuser freewill freiheit frenchie friday13 friends1 friendste friendster front242
frontera frontier fruitbat fujifilm fullback fullmoon fullsail funhouse funnyman funstuff funtimes fussball futurama
futyn007 fuzzball fyfcnfcbz fyfnjkbq fylhtqrf fynjybyf fyutkbyf fyutkjxtr gabriel1 gabriel2 gabriell galactic
galactus galadriel galatasaray galeries gallaghe gallaries gamecube gameover gametime gandalf1 gandalf2 gangster
ganjaman ganjubas gannibal ganymede gardenia garfield gargamel gargoyle garrett1 gateway1 gateway2 gateways gatorade
gbgbcmrf gbhfvblf gblfhfcs gbpacker gearhead geibcnbr gemstone general1 genesis1 geneviev george12 georgia1 geraldin
germany1 geronimo gesperrt getalife getmoney getsdown gfccdjhl gfhfljrc gfhjkm12 gfhjkm123 gfhjkmgfhjkm gfhjkmxbr
gfhjkzytn gfhkfvtyn gfhnbpfy ghbdtn12 ghbdtn123 ghbdtnbr ghbdtnbr1 ghbdtnbrb ghbdtndctv ghbdtnghbdtn ghbdtnrfrltkf
ghblehjr ghblehrb ghbrjkbcn ghbrjkmyj ghbywtccf ghhh47hj7649 ghjcnbnenrf ghjcnj123 ghjcnjgfhjkm ghjcnjghjcnj
ghjcnjnfr ghjdthrf ghjnjnbg ghjnjrjk ghjuhfvvf ghjvtntq ghostman ghostrid ghostrider ghtktcnm ghtpbltyn gianluca
gibsonsg gigabyte ginger12 ginscoot ginuwine girfriend giveitup gizmo123 gizmodo1 gjkbyjxrf gladiato gladiator
glendale glennwei glenwood gn56gn56 gnasher23 gobigred gobrowns godbless goddess1 godfathe godfather godisgood
godislove godofwar godslove godsmack godspeed godzilla gogators goldeney goldeneye goldfing goldfinger goldfish
goldmine goldrush goldstar goldwing golfball golfclub golfing1 gonefish good12345 good123654 goodfell goodfellas
goodfood goodgirl goodhead goodison goodlife goodluck goodnews goodstuf goodtime goodtimes goodtogo goodyear
goofball google12 google123 gooseman gordon24 gorillaz gotigers gotohell gotyoass grandpri grandprix grasshop
graywolf greatone greedisgood green123 greenbay greenbud greenday greeneye greenman greentea greenwoo gregory1
gremlins grendel1 grenoble greyhoun greywolf grimlock grizzly1 groupd2013 gsxr1000 gsxr1100 gtfullam gtkmvtyb
gtkmvtym gtnhjdbx gtxtymrf guardian guatemal guderian guesswho guillaum guillerm guinness guitarra gulliver gunsling
gunsmoke gy3yt2rgls gymnastic gznybwf13 hairball hakkinen halflife halflife2 halfmoon halfpint hallo123 hallowee
hamburge hammarby hammerhe hammers1 hamradio handball handcuff handyman hannibal hannover hansolo1 happines happy123
happyboy happyday happydays happydog happyman hardball hardhead hardrock hardtime hardwood hardwork harley01
harley12 harry123 harrypot harrypotter hatteras hattrick hawaii50 hawaiian hawkeye1 hawkeyes hawkmoon hawkwind
hawthorn hayabusa hazelnut hd764nw5d7e1vb1 headless headshot heather1 heather2 heathers hedgehog heineken heinlein
helicopt hellbent hellfire hello123 hellohel hellokit hellokitty hellomoto hellothe helloworld helloyou hellraiser
hellsing hellyeah helpdesk hemicuda henderso hendrix1 hercules herewego hermione hernande hershey1 hetfield heythere
hfgcjlbz hibernia highbury highheel highland highlander highlife hihje863 hilfiger hillbill hillside history1
hitman47 hjvfyjdf hobiecat hockey12 hockey99 hogwarts holeinon holiday1 hollydog hollywoo homeassistant homebase
homebrew homemade homepage homer123 homersim hondacbr hondacivic hondacrx honeybee honeybun honeydew honeypot
hongkong honolulu hooligan hoopstar hoopster hoosiers hopefull horseman horsesho hosehead hot2trot hotbabes hotchick
hotpants hotsauce hotstuff hotwheel hounddog house123 housewife housewifes houston1 hrvatska htubcnhfwbz hugoboss
hulkster hunter01 hunter12 hunting1 hurrican huskers1 huskies1 hyperion hzze929b ibill123 ibilljpf ibilltes icecream
icehouse iceman69 iddqdidkfa idontkno idontknow ignatius ihateyou ijrjkflrf ilikepie illmatic illumina illusion
iloveamy ilovegod iloveher ilovehim ilovekim ilovemom ilovemyself ilovepor iloveyou iloveyou! iloveyou1 iloveyou2
ilya1234 ilya1992 imissyou immortal impalass imperator imperium implants imtheman incognito indahous india123
indiana1 indians1 inferno1 infiniti infinity inflames insertion insertions insomnia inspiron integra1 interacial
intercourse internat internet internet1 intheass intrepid intruder inuyasha invictus iphone123 ireland1 irishman
ironhead ironhors ironmaid ironmaiden ironman1 ironpony isacs155 iseedeadpeople ishikawa iskander islander istanbul
istheman italiano iverson3 iwantyou izabella j3qq4h7h2v jack1234 jackson1 jackson2 jackson5 jacqueli jadakiss
jailbait jailbird jakester jamaica1 james007 james123 jamesbon jamesbond jamesbond007 jameson1 jamielee january1
japanees jasmine1 jason123 jayhawks jbond007 jediknig jediknight jedimast jeepster jefferso jeffrey1 jellybea
jellybean jellyfis jemoeder jennife1 jennifer1 jericho1 jeronimo jerrylee jessica0 jessica1 jessica2 jesucrist
jesus123 jesus777 jesuschrist jetaime1 jetaimes jg3h4hfn jiggaman jimmy123 jiujitsu jledfyxbr johannes john1234
johncena johndeer johndeere johngalt johnmish johnpaul johnson1 jonathan1 jordan12 jordan23 joseluis josephin
joshua12 joystick juancarlo junkmail junkyard jupiter1 jupiter2 jurassic just4fun just4you justdoit justice1
justin12 justinbieber juventus kakaroto kakashka kamasutra kamehame kamikadze kamikaze kangaroo karaganda karamelka
karolina kasparov katarina katerina katharin katie123 katrina1 kawasaki kazanova kazantip kcchiefs kcj9wx5n kelly001
kelly123 kennedy1 kenneth1 kennwort kenworth kevin123 keyboard keystone kfcnjxrf kfvgjxrf kickflip kicksass kikimora
killbill killemall killer12 killer123 killzone kimberle kingfish kingkong kingrich kingsize kingston kirill123
kissmyas kissmyass kitty123 kittycat kittykat kjrjvjnbd kleopatra klondike klootzak knickerless knickers knockers
knowledg knuckles kochamcie kochanie kokakola komputer konfetka konstantin kordell1 koroleva kovalenko krasnodar
krasotka kristen1 kristin1 kristinka kristjan krokodil kukuruza kukushka kuleshov kurosaki kusanagi l58jkdjp!
l8g3bkde labrador lacrimosa lacrosse ladybird ladybug1 ladygaga laetitia lagwagon lakeland lakers24 lakers32
lakeside lakewood lalakers lalaland lambchop lamborghini lancaste lancelot landrove landrover landscap lapdance
lapochka laracrof laracroft larry123 laserjet lastochka lasttime lasvegas lavalamp lbfyjxrf leavemealone lebowski
lebron23 ledzeppelin leedsutd left4dead leglover legoland leiceste lemmings lemonade lenochka leonard1 leonidas
letitrid letmein1 letmein123 letmein2 letmein22 letmein6 letmein7 letmeinn letmeinnow letmesee letsdoit letsplay
leviatha lexingky lexingto lfitymrf libertad liberty1 licorice lifehack lifeisgood lighthou lightnin lightning
lightsab lilwayne limabean limaperu limewire limpbizkit lincoln1 lindsay1 lindsey1 lineage2 linux123 lionhear
lionheart lionking littlebi littlema littleman littleon livelife liverpoo liverpool liverpool1 liverune livewire
lizaveta ljxtymrf lockdown lockerroom locoman0 logitech loglatin lokomotiv lol12345 lollipop lollypop london12
lonesome lonestar lonewolf longbeac longdong longhair longhorn longhorns longjohn longlegs longshot longwood
lonsdale lookatme loredana losangel losangeles lost4815162342 lostsoul lotus123 loulou123 love1234 love4ever
lovebird loveboat lovecraf lovefeet lovegirl lovehate lovelife loveme89 loverboy loverman loveyou1 loveyou2 lowrider
lsutiger lthgfhjkm lucas123 lucifer1 lucky123 lucky777 luckyboy luckydog luckyman luckyone ludacris lunchbox
luscious luv2epus lyudmila macarena macaroni macdaddy macgyver machine1 machoman macintos macintosh mackenzi
madagaskar madala11 maddison madhouse madison1 madonna1 magellan maggie11 magic123 magician magicman magister
magnavox mahalkita mailcreated5240 majestic makarova makaveli makeitso makelove makemone makemoney maksimka malamute
malcolm1 malishka mallorca mallrats mama1234 mamacita mamasita mamochka manager1 manchest mancheste manchester
mandarin mandingo mandolin mandrake manhatta mannheim manunite manunited mapet123456 maplelea maradona marajade
marathon marauder marbella marcello marcius2 marcopol margarit margosha maria123 marigold marijuan marijuana
marillio mariners marines1 marino13 mariposa marishka marissa1 mark1234 marketin marlboro marseill marseille
marseille13 martin12 martini1 maryjane masamune maserati mash4077 master01 master11 master12 master123 master99
masterbaiting masterbate masterbating masterkey masterlo mastermi mastermind matchbox matematika matthew1 matthew2
matthew7 matthias mattingl maurizio maurolarastefy maverick maverick1 mavericks maximilian maximus1 maxpayne
maxpower maxwell1 mazafaka mazda323 mazda626 mazdarx7 mazdarx8 mazinger meandyou meatball meathead meatloaf mechanic
medicina megadeth megamanx megapass megatron melanie1 melbourn melissa1 melissa2 memphis1 memyself meowmeow mephisto
mercedes mercury1 meridian mersedes metal666 metalgear metalica metallic metallica metallica1 metalman methodman
metropol mexicano michael0 michael1 michael2 michael3 michael6 michael7 michael8 michael9 michaelj michele1 michelin
michelle1 michigan mickeymouse microlab microphone microsof microsoft midnight mike1234 milamber milashka milenium
milhouse milkbone milkyway milleniu millenium millerli million1 millwall milwauke mine2306 minecraft minecraft1
minidisc minimoni minnesot minotaur miranda1 mironova miroslav mischief misfit99 misiaczek misskitt mistress
misty123 mnbvcxz1 mobbdeep modelsne molly123 mollydog mom4u4mm monalisa money123 moneybag moneymaker moneyman
mongoose monique1 monkey10 monkey11 monkey12 monkey123 monkey13 monkey69 monkey99 monkeybo monkeyboy monkeyma
monkeyman monolith monopoly monster1 montagne montana1 montecar montecarlo monterey montgom240 montpellier montreal
montrose monty123 moonbeam moonligh moonlight moonshin moonshine moonstar mooseman morkovka morozova morpheus
morrigan morrisse morrowind mortgage morticia mortimer mostwanted motdepasse motdepasse1 motherfu motherlode
motocros motocross motorcyc motorola mounta1n mountain mousepad mozilla1 mrbrownx mrbrownxx muaythai mudvayne
muenchen muffdive mulberry multiplelo multisyn multisync munchkin murzilka mushroom music123 musicman mustang0
mustang1 mustang2 mustang3 mustang5 mustang6 mustang7 mustang8 mustang9 mustangg mustangs myfamily myfriend mymother
mynameis mypasswo mypassword mysecret myspace1 mysterio myxworld nadezhda nancy123 naruto12 naruto123 nascar24
nashvill nastenka natalie1 nataliya natascha natasha1 natashka natedogg nathanie naughty1 nautilus navigato
navigator navyseal nazareth nbuhtyjr ncc1701a ncc1701d ncc1701e ncc74656 nebraska needforspeed nemesis1 nemrac58
netscape network1 netzwerk neveragain nevermin nevermind nevermor nevermore newcastl newlife1 neworder newpass1
newpass6 newport1 newports newproject2004 newstart newstyle newworld newyork1 nextcloud nextcloud1 nicholas1
nicolas1 nietzsch nighthaw nightmar nightowl nightwin nightwish nikita123 nikitina nikolaev nikolaeva nikolaus
nineball nineinch nintendo nirvana1 njdevils nochance nocturne nokia123 nokia3250 nokia3310 nokia5130 nokia5230
nokia5300 nokia5310 nokia5530 nokia5800 nokia6233 nokia6300 nokia6303 nokia8800 nokian70 nokian73 nokian95 nolimit8
nolimit9 nolimits noname123 nonmembe nonrev67 nopassword normandy northsta nosferat nosferatu nostromo notagain
note1234 notebook nothing1 notredam notredame nounours novartis novifarm novikova nthvbyfnjh ntktdbpjh numbnuts
nutella1 nuttertools nwo4life nygiants nyknicks nyyankee oblivion obsidian oc247ngucz oceans11 octavian october1
october2 odysseus offsprin ohiostat ohiostate oldschool oldsmobi oliveoil olivetti olympique omega123 omegared
omsairam onelove1 onepiece open1234 opendoor opensesa opensesame operator optimist optiplex orange12 orange44
oriflame orlando1 oscar123 outsider overkill overlord ozlq6qwm p0015123 p0o9i8u7 p455w0rd p4ssw0rd p@ssw0rd
p@ssw0rd1 p@ssword p@ssword1 pa55w0rd pa55word pacifica packard1 packers1 packers4 painkiller paintbal paintball
pakistan paladin1 pallmall palmetto palmtree panasoni panasonic panchito pandora1 panorama pantera1 panther1
panthers pantyhos pantyhose papabear paperboy papercli papercut paperino papichul papillon papillons parabola
paradigm paradise paramedi paramedic paramore parlament parolparol parsifal partizan pasadena pass1234 pass1word
passcode passfind passion1 passions passmast passport passthie passw0rd passw0rd1 passwerd passwor1 password
password! password0 password01 password1 password1! password11 password12 password123 password1234 password2
password3 password4 password5 password6 password69 password7 password9 password99 passwords passwort patches1
pathfind pathfinder patricio patrick1 patrick2 patrick7 patrick9 patriot1 patriots patrizia patterso paulchen
pavement pavilion payton34 peaceout peaches1 peaches2 pearljam pebbles1 pedigree peekaboo pegasus1 pendrago
penetrating penetration penguin1 penguins pennstat pennstate pennywis pennywise penthous pentium1 pentium4 pepper12
pepsi123 pepsicol pepsicola pepsimax pepsione peregrin perfect1 perfecto pershing pertinant pervasive pescator
peter123 peterbil peterbilt peternorth peterose peterpan petrovich pfchfytw phaedrus phantasm phantom1 phantoms
pharmacy pheasant phialpha philippe phillies phillip1 phoenix1 phoenix2 photoman phydeaux pi314159 pianoman piazza31
picasso1 pickles1 pictuers piercing pikachu1 pineappl pineapple pinecone pinetree pinewood pingpong pinkfloy
pinkfloyd pinnacle pioneer1 pipeline pippen33 piramida piramide pitchers pittbull pizza123 pizzahut pizzaman
pizzapie plastic1 plastics platinum platypus playball player69 playmate playstat playstation playtime pleaseme
plymouth poiu0987 poiuytrewq pokemon1 pokemon12 pokemon123 polarbea polaris1 polaroid police22 polniypizdec0211
pontiac1 poohbear pool6123 poontang popcorn1 porkchop porsche1 porsche9 porsche911 portland portugal poseidon
positivo postov10 postov1000 power123 powerade powerboo powermac powerman prashant preacher precious precious1
predator prelude1 presario presiden preston1 prettygirl primavera primetim primrose princesa princess princess1
princessa princesse princesse1 princeto principe pringles printemps priscill private1 priyanka professo promethe
prospero proverbs psychnau psychnaut1 ptfe3xxp pufunga7782 pullings pumpkin1 pumpkins punisher punkrock puppydog
puravida pxx3eftp pyramid1 pyramids q1234567 q12345678 q123456789 q1234567890 q1q2q3q4 q1q2q3q4q5 q1w2e3r4 q1w2e3r4t
q1w2e3r4t5 q1w2e3r4t5y6 q2w3e4r5 q8zo8wzq qawsedrf qawsedrftg qaz12345 qaz123wsx qazwsx12 qazwsx123 qazwsxed
qazwsxedc qazwsxedc1 qazwsxedc123 qazwsxedcrfv qazwsxedcrfvtgb qazxsw12 qazxsw123 qazxsw21 qazxswed qazxswedc
qazxswedcvfr qpwoeiruty qq123456 qq123456789 quality1 quant4307s quicksilver qw123456 qw12er34 qwaszx12 qwaszx123
qwe123asd qwe123qwe qweasd123 qweasdzx qweasdzxc qweasdzxc1 qweasdzxc123 qwedcxzas qwedsazxc qweqwe123 qwer1234
qwer12345 qwer4321 qwerasdf qwerasdfzxcv qwerfdsa qwert123 qwert12345 qwertasdfg qwerty00 qwerty11 qwerty12
qwerty123 qwerty123! qwerty1234 qwerty12345 qwerty123456 qwerty123456789 qwerty13 qwerty21 qwerty22 qwerty66
qwerty77 qwerty777 qwerty78 qwerty99 qwertyasdfgh qwertyu1 qwertyu8 qwertyui qwertyuio qwertyuiop qwertyuiop1
qwertyytrewq qwertzui qwerzxcv r2d2c3p0 r2d2c3po r3ady41t r4e3w2q1 radiance radiohea radiohead radioman raffaele
ragnarok raiders1 rainbow1 rainbow6 rainbows raindrop rainyday raistlin rammstei rammstein ramstein ranchero
ranger01 ranger21 ranger99 rangers1 rapunzel rasengan raspberry raspberrypi rasputin rasta220 rastaman raymond1
razdvatri razorbac rb26dett rdfhnbhf ready2go realdeal realmadrid realtime rebbyt34 rebecca1 reckless red12345
redalert redbaron redbeard redbirds reddevil reddrago reddragon reddwarf redgreen redhead1 redheads redhouse
redlight redneck1 redrider redrover redshift redskins redsox04 redstorm redtruck redwing1 redwings reloaded remingto
renegade repytwjd repytwjdf rerehepf rerfhfxf rerfhtre review69 reviewpa revival47 revoluti revolver rfgbnjirf
rfhfntkm rfhfufylf rfhfvtkmrf rfhfylfi rfhjkbyf rfhlbyfk rfhnjirf rfnfcnhjaf rfnthbyf rfnthbyrf rfntymrf rfpfynbg
rfvbrflpt rfvfcenhf rhapsody rhbcnbyf rhbcnbyjxrf rhfcfdbwf rhfcfdxbr rhfcjnrf rhjrjlbk rhtdtlrj ricardo1 riccardo
ricflair richard1 richard2 rickster ricochet riffraff rightnow riverrat riversid rjdfktyrj rjhjktdf rjirfrgbde
rjntyjxtr rjyatnrf rjycnfynby rkfdbfnehf rktjgfnhf roadkill roadking roadrunn roadrunner roadster robert12 roberto1
robinhoo robinhood robotech robotics rocheste rockbott rocketma rocketman rockford rockhard rocknrol rocknroll
rockport rockroll rockstar rocky123 rockydog rolltide roman123 romanova romashka ronaldinho ronaldo1 ronaldo7
ronaldo9 roodypoo rooster1 roosters root1234 rootbeer rootedit rosebowl rosebud1 rosewood rotterda rottweil rsalinas
rt6ytere ruffryde runescape rush2112 rushmore russell1 russian7 rusty123 rustydog saab9000 sabrina1 sailboat
sailfish sailing1 sailormoon salamand salamander salamandra salasana saltanat saltydog salvatio salvator samadams
samantha samantha1 sammy123 sammyboy sammydog sampson1 samsung1 samsung123 samsung2 samurai1 sandiego sandman1
sandrine sandrock sandy123 sandydog sanity72 sanity729 santacru saopaulo sapphire sarah123 sarajevo sarasota
saratoga sasha123 sasha1996 sasha_007 satan666 satana666 satellit satriani sausages savatage save13tx saxophon
sayangku scarecro scarface scarface1 schastie scheisse schlampe schneide schnuffi schorsch scimitar scirocco
scooby12 scoobydo scoobydoo scooter1 scooter2 scooters scorpio1 scorpion scorpions scotland scott123 scrabble
scrapper screamer screwyou scribble scruffy1 scubadiv seagrams seagrave seagulls seahawks seahorse sealteam searcher
seattle1 sebastia sebastie sebastien secret12 secret123 security seductive segblue2 seinfeld seminole semperfi
semprini senators senha123 sensatio sentinel sephirot sephiroth septembe sepultura seraphim serendip serenity
sergbest sergeevna sersolution service1 seven777 sevenof9 seventee sevilia1 sfgiants shadow01 shadow11 shadow12
shadow123 shadow13 shadow69 shadowfa shadows1 shamrock shaney14 shannara shannon1 sharkman sheepdog shelley1
sherlock sherman1 shevchenko shinigami shotgun1 shotokan showboat showtime shredder sidekick sideshow sidewind
siemens1 sigmachi silicone silver12 silverad silverado silverfo simon123 simpson1 simpsons sinfonia singapor
sinister sithlord sixtynin sixtynine sk84life sk8ordie skateboa skateboard skeeter1 skeletor skinhead skipjack
skipper1 skittles skorpion skydiver skyline1 skypilot skytommy skywalke skywalker slacking slamdunk slapnuts
slapshot slayer66 slayer666 sleepers slimed123 slimshad slimshady slipknot slipknot1 slipknot666 slippery slowhand
slowride smackdow smackdown smallvil smallville smartass smarties smashing smeghead smile123 smirnoff smirnova
smith123 smoke420 smokedog smokeweed smoothie smuggles snakeman snapshot sneakers snickers snoogans snoopdog
snoopdogg snowball snowbird snowboar snowboard snowflak snowflake snowman1 snuggles sobriety soccer10 soccer11
soccer12 soccer13 soccer14 soccer15 soccer17 soccer22 sochi2014 socrates softball softtail software sojdlg123aljg
sokolova sokrates soldier1 soleil123 solidsnake solitari solitude solnishko sonechka songbird sonnyboy sonyericsson
sonyvaio sooners1 sopranos sorcerer sorrento soso123aljg soulmate southpar southpark southpaw southsid southside
spaceman sparhawk sparkles spartacu spartan1 spartan117 spartans special1 specialk spectrum spencer1 spiderma
spiderman spiderman1 spitfire splatter splinter spongebo spongebob spoonman sportste spring2024 springst sprinter
sprocket spyglass squeaker squerting squirrel srilanka srinivas stairway stalker1 stallion stallone stamford
stampede stanislav stanley1 starbuck starbucks starcraf starcraft stardust starfire starfish starflee stargate
stargaze starligh starlight starlite starship start123 startrek starwars starwars1 stealth1 steeler1 steelers
steelers1 steelhea steinway stepanov stepanova stephani stephen1 steve123 stewart1 stickman stigmata stiletto
stinger1 stingray stocking stonecol stonecold stonewal stoppedby strange1 stranger strannik strasbourg stratfor
stratoca strawber strawberry straycat streaming strekoza striker1 stroller student1 studio54 studmuff sublime1
submarin subwoofer success1 sugarbea suikoden summer01 summer05 summer06 summer12 summer20 summer2020 summer2021
summer2022 summer2023 summer2024 summer2025 summer69 summer99 summerti summertime sundance sunderla sundevil
sunflowe sunflower sunghile sunlight sunny123 sunnyday sunrise1 sunshine sunshine1 super123 superbee superbow
superboy superdog superdup superduper superfly supergirl superman superman1 supernov supernova superson supersonic
supersta superstar surfing1 surveyor survivor svetlana svetlanka swallows sweetass sweethea sweetie1 sweetnes
sweetness sweetpea swimmer1 swimming swinging swordfis swordfish sycamore sylvania sylveste syncmast syncmaster
syracuse sysadmin system32 t34vfrc1991 tacobell taekwond taekwondo tagheuer tailgate tajmahal takamine take8422
takehana talisman tamerlan tampabay tanechka tangerin tangerine tanstaaf tarantul tarheel1 tarheels tashkent
taylor12 tazdevil tazmania teacher1 teamwork technics teddy123 teddybea teddybear teiubesc telecast telemark
telephon teleport televisi televizor temp1234 temporar temppass temptress tenerife tennesse tequiero tequila1
terminat terminator terrapin terriers test1234 testibil testing1 testing123 testpass testtest thailand thanatos
thankyou thebeast theclash thedoors theflash theforce thegreat thejoker thelast1 themaster thematri thematrix
theraven therock1 thesaint thetachi thething thetruth theworld thinkpad thirdeye thirteen thisisit thisisme thomas01
thomas12 thor5200 thorsten threesom thuglife thumbnils thumper1 thunder1 thunder2 thunderb thunderbird thunders
tiberian tiberius tickling ticklish ticktock tiffany1 tiger123 tigercat tigerlil tigerman tigerwoo tigger01 tigger12
tigger69 tightass timebomb timelord timeport timothy1 timoxa94 tinkerbe tinkerbel tinkerbell tiramisu titanic1
titanium titleist titlover tkbpfdtnf tokenbad tokiohotel tomahawk tommy123 tommyboy tommygun tomservo tonyhawk
toolshed tooltime toonarmy tooshort toosweet topolino topsecre topsecret toriamos tornado1 toronto1 tortoise
toshiba1 tottenha tottenham touchdow toughguy toulouse trader12 trafford trailers tranmere transam1 transfor
translator transpor trashman traveler travelle travesti treasure treefrog treetops trfnthbyf triangle trigger1
trinitro trinitron trinity1 triplets tristan1 trojans1 trombone trooper1 troopers trouble1 trousers trucker1
truckers trucking trueblue truelove truffles trumpet1 trustn01 trustno1 trustnoone tryagain tunafish turkey50
twilight twisted1 tyler123 ubuntu123 ufhvjybz uhbujhbq ukflbfnjh ukflbjkec ultimate ultraman umbrella uncencored
underdog underpar undertak undertaker undertow unicorn1 universa universi ursitesux user1234 username usmarine
usmc0311 usmc1775 utahjazz utyyflbq vacances vacation vagabond valdemar valdepen valentin valentina valerie1
valeriya valhalla valkyrie valleywa vampire1 vancouve vanessa1 vanguard vanhalen vanyarespekt vaseline vasileva
vasilisa vatoloco vauxhall vaz21099 vegas123 vehpbkrf vendetta venezuel venom121293 verbatim vergeten veritech
verizon1 vermont1 veronika verygood vfhbyjxrf vfhnsirf vfhufhbnf vfhvtkfl vfitymrf vfkmdbyf vflfufcrfh vfnbkmlf
vfntvfnbrf vfpfafrf vfrcbvec vfrcbvrf vfrfhjys vfvfbgfgf vfvfgfgfz vfvfvskfhfve vfylfhby vibrator vicecity victoria1
victory1 viewsoni viewsonic vikings1 viktoria viktoriya vincent1 violator violetta viper123 vipergts vittorio
vivitron vjhrjdrf vjqgfhjkm vkontakte vlad1996 vlad1997 vlad7788 vladimir vladislav vladvlad vodafone volition
volkodav volkswag volkswagen volleyba voltaire vonnegut voyager1 vqsablpzla vsjasnel12 vthctltc vyjujnjxbt w1w2w3w4
wachtwoord waffenss wallace1 wanderer warcraft warcraft1 warcraft3 wareagle warehous wargames warhamme warhammer
warrior1 warriors wasdwasd washingt water123 waterboy waterfal waterloo watermel watermelon waterpol waterpolo
waterski wdtnjxtr weare138 webhompas webhompass webmaste webmaster websol76 websolutions webster1 wednesda welcome01
welcome1 welcome123 welcome2 welkom01 wellcome welldone wellhung wellingt werewolf weronika westbrom westcoas
westcoast westham1 westlife westport westside westwind westwood wg8e3wjf whatever whatever1 whatisit whiplash
whiskers whiskey1 whistler whiteboy whiteout whitepower whitesox whitney1 whocares whoknows whoopass whosyourdaddy
wildbill wildblue wildcard wildcat1 wildcats wildfire wildroid wildrose wildwood william1 william2 william3 windmill
windows1 windstar windsurf wingchun wingzero winston1 winston2 winter01 winter12 winter2020 winter2021 winter2022
winter2023 winter2024 winter2025 winter99 wisconsi wishbone wolfgang wolfpack wolverin wolverine wonderboy wonderfu
wonkette woodduck woodland woodstoc woodstock woodwork wordpass worldcup wormwood wp2003wp wrangler wrest666
wrestlin wrinkle1 wrinkle5 wrinkles wtpmjgda x72jhhu3z xaccess2 xakep1234 xboxlive xcountry xsw21qaz xsw23edc
xthtgfirf yamahar1 yamahar6 yankees1 yankees2 yardbird yaroslav yeahbaby year2000 year2005 yesterda yfcntymrf
yfnfitymrf yingyang yjdsqgfhjkm yjdsqujl yogibear yorkshir yorktown yosemite youandme yourmama ytngfhjkz ytrhjvfyn
ytyfdbcnm yy5rbfsc z1x2c3v4 z1x2c3v4b5 zachary1 zanzibar zaq12345 zaq12wsx zaq1xsw2 zaq1xsw2cde3 zaq1zaq1 zaqwsxcde
zaqxswcde zaratustra zaxscdvf zcxfcnkbdf zeppelin zerocool zigazaga zildjian zinedine zolushka zx123456 zxasqw12
zxcasdqwe zxcasdqwe123 zxcv1234 zxcvasdf zxcvb123 zxcvb12345 zxcvbnm1 zxcvbnm12 zxcvbnm123 zxcvbnmm zxcvvcxz
zz8807zpl
`
