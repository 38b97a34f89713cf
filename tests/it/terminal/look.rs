//! How a cell is written: colours and attributes, as sequences turn them on and off.

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    #[default]
    Plain,
    Indexed(u8),
    Rgb(u8, u8, u8),
}

/// How.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    pub fg: Colour,
    pub bg: Colour,
    /// A bit for each attribute, by the number that turns it on.
    pub attributes: u16,
}

/// Attributes that show on a blank: underlined, blinking, reversed, crossed out.
const ON_BLANKS: u16 = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 9;

impl Look {
    /// What of it shows on a blank.
    pub fn on_blank(self) -> Look {
        let attributes = self.attributes & ON_BLANKS;
        Look { fg: if attributes == 0 { Colour::Plain } else { self.fg }, bg: self.bg, attributes }
    }

    /// The same with nothing but its ground, as erasing leaves it.
    pub fn ground(self) -> Look {
        Look { bg: self.bg, ..Look::default() }
    }

    /// Turns on and off what a sequence says.
    pub fn change(&mut self, parameters: &str) {
        let mut numbers = parameters.split([';', ':']).map(|number| number.parse::<u16>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Look::default(),
                1..=9 => self.attributes |= 1 << number,
                21 | 22 => self.attributes &= !(1 << 1 | 1 << 2),
                25 => self.attributes &= !(1 << 5 | 1 << 6),
                23 | 24 | 27 | 28 | 29 => self.attributes &= !(1 << (number - 20)),
                30..=37 => self.fg = Colour::Indexed(number as u8 - 30),
                40..=47 => self.bg = Colour::Indexed(number as u8 - 40),
                90..=97 => self.fg = Colour::Indexed(number as u8 - 82),
                100..=107 => self.bg = Colour::Indexed(number as u8 - 92),
                39 => self.fg = Colour::Plain,
                49 => self.bg = Colour::Plain,
                38 | 48 => {
                    let mut byte = || numbers.next().unwrap_or(0) as u8;
                    let colour = match byte() {
                        2 => Colour::Rgb(byte(), byte(), byte()),
                        5 => Colour::Indexed(byte()),
                        other => panic!("a colour of kind {other}: {parameters}"),
                    };
                    *(if number == 38 { &mut self.fg } else { &mut self.bg }) = colour;
                }
                other => panic!("SGR {other} in {parameters}"),
            }
        }
    }
}
