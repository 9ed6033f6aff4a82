//! Workbooks of Excel 97–2003, and what looks like one: a workbook locked with a password. Both are compound files
//! (MS-CFB), made here with the fewest parts.

use super::support::{file, load, refused};
use domain::catalog::problem::ProblemCode;
use domain::money::Currency;
use gateway::table_file::Format;

const SECTOR: usize = 512;
const END: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;

/// A compound file with one stream: sector 0 is the table of sectors, 1 the directory, the stream follows.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    // Below 4096 bytes a stream would live in the small sectors.
    let mut stream = stream.to_vec();
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = u32::try_from(stream.len() / SECTOR).unwrap();
    assert!(sectors + 2 <= 128, "one table sector is enough");

    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.extend([0; 16]);
    for word in [0x3e_u16, 3, 0xfffe, 9, 6] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([0; 6]);
    for word in [0_u32, 1, 1, 0, 4096, END, 0, END, 0, 0] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.resize(SECTOR, 0xff);

    let mut table = vec![0xffff_fffd, END];
    table.extend((3..=sectors + 1).chain([END]));
    table.resize(128, FREE);
    bytes.extend(table.iter().flat_map(|sector| sector.to_le_bytes()));

    bytes.extend(entry("Root Entry", 5, 1, END, 0));
    bytes.extend(entry(name, 2, FREE, 2, u32::try_from(stream.len()).unwrap()));
    bytes.resize(SECTOR * 3, 0);
    bytes.extend(stream);
    bytes
}

fn entry(name: &str, kind: u8, child: u32, start: u32, size: u32) -> Vec<u8> {
    let mut bytes: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(bytes.len() + 2).unwrap();
    bytes.resize(64, 0);
    bytes.extend(length.to_le_bytes());
    bytes.extend([kind, 1]);
    for word in [FREE, FREE, child] {
        bytes.extend(word.to_le_bytes());
    }
    bytes.resize(116, 0);
    bytes.extend(start.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend([0; 4]);
    bytes
}

fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), body].concat()
}

fn place(row: u16, column: u16) -> Vec<u8> {
    [row, column, 0].iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The records of a workbook (BIFF8) with one sheet "Hoja1".
fn biff(cells: &[Vec<u8>]) -> Vec<u8> {
    let begin = |kind: u16| record(0x0809, &[&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat());
    let end = record(0x000a, &[]);
    let globals = begin(0x0005);
    let sheet = |offset: u32| record(0x0085, &[&offset.to_le_bytes()[..], &[0, 0, 5, 0], b"Hoja1"].concat());
    let offset = u32::try_from(globals.len() + sheet(0).len() + end.len()).unwrap();
    [globals, sheet(offset), end.clone(), begin(0x0010), cells.concat(), end].concat()
}

#[tokio::test]
async fn an_old_workbook_loads() {
    let label = |row: u16, column: u16, text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let count = u16::try_from(text.encode_utf16().count()).unwrap();
        record(0x0204, &[place(row, column), count.to_le_bytes().to_vec(), vec![1], units].concat())
    };
    let number = |row: u16, column: u16, value: f64| {
        record(0x0203, &[place(row, column), value.to_le_bytes().to_vec()].concat())
    };
    let cells = [
        label(0, 0, "Название"),
        label(0, 1, "Описание"),
        label(0, 2, "Цена"),
        label(0, 3, "Артикул"),
        label(2, 0, "Кружка"),
        label(2, 1, "Керамика"),
        number(2, 2, 9.5),
        number(2, 3, 701.0),
    ];
    let loaded = load(&file("old.xls", &compound("Workbook", &biff(&cells))), Currency::EUR).await.unwrap();
    assert_eq!(
        (loaded.heading.format, loaded.heading.sheet.as_deref(), loaded.heading.row),
        (Format::Xls, Some("Hoja1"), 1)
    );
    assert_eq!(loaded.problems, []);
    let item = &loaded.items[0];
    assert_eq!((item.name.as_str(), item.price_minor, item.sku.as_deref()), ("Кружка", Some(950), Some("701")));
}

#[tokio::test]
async fn a_locked_workbook_is_told_from_a_damaged_one() {
    assert_eq!(refused(&file("locked.xlsx", &compound("EncryptedPackage", b"secret"))).await, ProblemCode::Encrypted);
    assert_eq!(refused(&file("other.xls", &compound("WordDocument", b"text"))).await, ProblemCode::Damaged);
}
