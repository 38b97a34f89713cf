//! What the prompt asks for: colours, hours, weather, land and subjects, in English and Chinese.
//!
//! It reads words only. How a wish looks on paper lives in the palette and the scene.

/// A colour named in the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    Red,
    Orange,
    Gold,
    Green,
    Jade,
    Blue,
    Indigo,
    Violet,
    Pink,
    Brown,
    Black,
    White,
}

/// The light of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hour {
    Day,
    Dawn,
    Dusk,
    Night,
}

/// The season.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

/// The kind of land.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Land {
    Sea,
    Lake,
    Mountain,
    Forest,
    Desert,
}

/// A plant that can stand in the foreground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plant {
    Pine,
    Bamboo,
    Blossom,
    Willow,
    Reeds,
    Bare,
}

/// What the picture is of, where it can be drawn well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Fox,
    Cat,
    Dog,
    Deer,
    Bird,
    Crane,
    Boat,
    Hut,
    Pagoda,
    City,
    Cup,
    Traveller,
}

#[derive(Clone, Copy)]
enum Word {
    Tint(Hue),
    At(Hour),
    In(Season),
    On(Land),
    With(Plant),
    Of(Subject),
    Rain,
    Mist,
    Moon,
    Stars,
    Neon,
    Sky,
    Link,
}

/// Everything the painter understood of a prompt.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wish {
    /// Colours for the whole picture, in the order they were named.
    pub hues: Vec<Hue>,
    /// The colour named right before the sky, the sun or the light.
    pub light: Option<Hue>,
    /// What stands in the picture.
    pub subject: Option<Subject>,
    /// The colour named right before the subject.
    pub subject_hue: Option<Hue>,
    /// The hour, when named.
    pub hour: Option<Hour>,
    /// The season, when named.
    pub season: Option<Season>,
    /// The land, when named.
    pub land: Option<Land>,
    /// The plant, when named.
    pub plant: Option<Plant>,
    /// Rain falls.
    pub rain: bool,
    /// Mist lies.
    pub mist: bool,
    /// A moon stands in the sky.
    pub moon: bool,
    /// Stars are out.
    pub stars: bool,
    /// Windows glow in neon.
    pub neon: bool,
}

impl Wish {
    /// Reads a prompt. Words it does not know change nothing.
    pub fn read(prompt: &str) -> Self {
        let text = prompt.to_lowercase();
        let mut wish = Self::default();
        let mut hue = None;
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            let (length, word) = if first.is_ascii_alphabetic() {
                let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
                (end, look_up(&rest[..end]))
            } else if first.is_alphanumeric() {
                longest(rest).map_or((first.len_utf8(), None), |(n, w)| (n, Some(w)))
            } else {
                (first.len_utf8(), Some(Word::Link))
            };
            wish.take(word, &mut hue);
            rest = &rest[length..];
        }
        wish.hues.extend(hue);
        wish
    }

    /// A colour waits one word: right before a subject it is the subject's own.
    fn take(&mut self, word: Option<Word>, waiting: &mut Option<Hue>) {
        match word {
            Some(Word::Link) => return,
            Some(Word::Of(subject)) => {
                // A coffee shop is a shop.
                if matches!(self.subject, None | Some(Subject::Cup)) {
                    self.subject = Some(subject);
                    self.subject_hue = self.subject_hue.or(waiting.take());
                }
            }
            Some(Word::Sky) => self.light = self.light.or(waiting.take()),
            Some(Word::Tint(hue)) => {
                self.hues.extend(waiting.replace(hue));
                return;
            }
            Some(Word::At(hour)) => self.hour = self.hour.or(Some(hour)),
            Some(Word::In(season)) => self.season = self.season.or(Some(season)),
            Some(Word::On(land)) => self.land = self.land.or(Some(land)),
            Some(Word::With(plant)) => self.plant = self.plant.or(Some(plant)),
            Some(Word::Rain) => self.rain = true,
            Some(Word::Mist) => self.mist = true,
            Some(Word::Moon) => self.moon = true,
            Some(Word::Stars) => self.stars = true,
            Some(Word::Neon) => {
                self.neon = true;
                self.subject = self.subject.or(Some(Subject::City));
            }
            None => {}
        }
        self.hues.extend(waiting.take());
    }
}

/// An English word, also in the plural.
fn look_up(word: &str) -> Option<Word> {
    let exact = |w: &str| TERMS.iter().find(|(terms, _)| terms.split(' ').any(|t| t == w)).map(|(_, word)| *word);
    exact(word).or_else(|| exact(word.strip_suffix("es")?)).or_else(|| exact(word.strip_suffix('s')?))
}

/// The longest Chinese term the text begins with.
fn longest(text: &str) -> Option<(usize, Word)> {
    TERMS
        .iter()
        .flat_map(|(terms, word)| terms.split(' ').map(move |term| (term, *word)))
        .filter(|(term, _)| text.starts_with(term))
        .map(|(term, word)| (term.len(), word))
        .max_by_key(|(length, _)| *length)
}

const TERMS: &[(&str, Word)] = &[
    ("的 色 一只 只 a the", Word::Link),
    ("red crimson scarlet vermilion ruby 红 赤 朱 丹", Word::Tint(Hue::Red)),
    ("orange amber copper 橙 橘", Word::Tint(Hue::Orange)),
    ("gold golden yellow 金 黄", Word::Tint(Hue::Gold)),
    ("green emerald moss 绿", Word::Tint(Hue::Green)),
    ("jade teal turquoise cyan celadon mint 青 翠 碧", Word::Tint(Hue::Jade)),
    ("blue azure cobalt 蓝", Word::Tint(Hue::Blue)),
    ("indigo navy 靛", Word::Tint(Hue::Indigo)),
    ("violet purple lavender lilac magenta 紫", Word::Tint(Hue::Violet)),
    ("pink rose peach 粉 桃", Word::Tint(Hue::Pink)),
    ("brown sepia 棕 褐", Word::Tint(Hue::Brown)),
    ("black grey gray monochrome ink 黑 墨 灰", Word::Tint(Hue::Black)),
    ("white ivory silver 白 银", Word::Tint(Hue::White)),
    ("dawn sunrise morning daybreak 日出 黎明 清晨 早晨 晨 朝霞", Word::At(Hour::Dawn)),
    ("sunset dusk twilight evening 日落 黄昏 夕阳 晚霞 傍晚 暮", Word::At(Hour::Dusk)),
    ("night midnight nocturne nighttime 夜 晚上", Word::At(Hour::Night)),
    ("day noon daylight afternoon 白天 中午", Word::At(Hour::Day)),
    ("winter snow snowy snowfall frost ice icy 冬 雪 冰", Word::In(Season::Winter)),
    ("spring springtime 春", Word::In(Season::Spring)),
    ("summer 夏", Word::In(Season::Summer)),
    ("autumn fall maple autumnal 秋 枫 红叶", Word::In(Season::Autumn)),
    ("sea ocean wave coast beach seaside 海 洋 浪", Word::On(Land::Sea)),
    ("lake river pond water stream 湖 河 江 水 溪 池", Word::On(Land::Lake)),
    ("mountain peak cliff alp valley 山 峰 峡", Word::On(Land::Mountain)),
    ("forest wood woodland jungle 林 森", Word::On(Land::Forest)),
    ("desert dune sahara 沙漠 沙丘 沙", Word::On(Land::Desert)),
    ("pine 松", Word::With(Plant::Pine)),
    ("bamboo 竹", Word::With(Plant::Bamboo)),
    ("blossom flower floral garden sakura plum cherry 花 樱 梅 桃花", Word::With(Plant::Blossom)),
    ("willow 柳", Word::With(Plant::Willow)),
    ("reed grass meadow 芦苇 草", Word::With(Plant::Reeds)),
    ("branch twig 枯枝", Word::With(Plant::Bare)),
    ("fox vixen 狐狸 狐", Word::Of(Subject::Fox)),
    ("cat kitten 猫", Word::Of(Subject::Cat)),
    ("dog puppy hound 狗 犬", Word::Of(Subject::Dog)),
    ("deer stag 鹿", Word::Of(Subject::Deer)),
    ("bird sparrow raven crow robin swallow 鸟 燕 雀 乌鸦", Word::Of(Subject::Bird)),
    ("crane heron egret 鹤 鹭", Word::Of(Subject::Crane)),
    ("boat ship sail fisherman 船 舟 帆 渔", Word::Of(Subject::Boat)),
    ("house hut cottage cabin home village shop store 屋 房 家 店 村", Word::Of(Subject::Hut)),
    ("pagoda temple tower castle shrine lighthouse 塔 寺 庙", Word::Of(Subject::Pagoda)),
    ("city skyline town street skyscraper cyberpunk 城 都市 街 楼", Word::Of(Subject::City)),
    ("tea coffee cup teapot mug 茶 咖啡 杯", Word::Of(Subject::Cup)),
    (
        "traveller traveler monk wanderer man woman person girl boy scholar 旅人 僧 人 女孩 男孩",
        Word::Of(Subject::Traveller),
    ),
    ("rain rainy storm 雨", Word::Rain),
    ("mist misty fog foggy haze cloud clouds 雾 云 霭", Word::Mist),
    ("moon moonlight moonlit 月", Word::Moon),
    ("star starry galaxy 星", Word::Stars),
    ("neon 霓虹", Word::Neon),
    ("sky sun sunlight light 天空 天 太阳 日 光", Word::Sky),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_before_a_subject_is_the_subjects_own() {
        for prompt in ["a red fox in snow", "雪中的红狐", "雪地里一只红色的狐狸"] {
            let wish = Wish::read(prompt);
            assert_eq!(wish.subject, Some(Subject::Fox), "{prompt}");
            assert_eq!(wish.subject_hue, Some(Hue::Red), "{prompt}");
            assert_eq!(wish.season, Some(Season::Winter), "{prompt}");
            assert!(wish.hues.is_empty(), "{prompt}: {:?}", wish.hues);
        }
    }

    #[test]
    fn other_colours_tint_the_picture_in_order() {
        let wish = Wish::read("Indigo mountains, a gold sky and blue");
        assert_eq!(wish.hues, [Hue::Indigo, Hue::Blue]);
        assert_eq!(wish.light, Some(Hue::Gold));
        assert_eq!(wish.land, Some(Land::Mountain));
    }

    #[test]
    fn the_longest_chinese_term_wins() {
        let wish = Wish::read("黄昏的沙漠");
        assert_eq!(wish.hour, Some(Hour::Dusk));
        assert_eq!(wish.land, Some(Land::Desert));
        assert!(wish.hues.is_empty());
    }

    #[test]
    fn unknown_words_and_odd_text_change_nothing() {
        assert_eq!(Wish::read("qwzx 🦀 e\u{301} ...\u{0}"), Wish::default());
    }
}
