package flv

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// start is the header of a file with audio and video.
const start = "464c56 01 05 00000009 00000000 "

// golden holds tags with their file form, both ways.
var golden = []struct {
	name string
	tags []Tag
	file string
}{
	{"no tags", nil, start},
	{"audio", []Tag{{TypeAudio, 0, []byte{0xaf, 1}}}, start + "08 000002 000000 00 000000 af01 0000000d"},
	{"video, long time", []Tag{{TypeVideo, 0x01020304, []byte{0x17}}}, start +
		"09 000001 020304 01 000000 17 0000000c"},
	{"data, then an empty tag", []Tag{{TypeData, 1, []byte{2, 0, 0}}, {TypeAudio, 2, []byte{}}},
		start + "12 000003 000001 00 000000 020000 0000000e 08 000000 000002 00 000000 0000000b"},
}

func readAll(r io.Reader) ([]Tag, error) {
	f, err := NewReader(r)
	if err != nil {
		return nil, err
	}
	var tags []Tag
	for {
		var t Tag
		if err := f.Next(&t); err != nil {
			return tags, err
		}
		tags = append(tags, t)
	}
}

func writeAll(w io.Writer, tags []Tag) error {
	f, err := NewWriter(w, true, true)
	for i := range tags {
		if err == nil {
			err = f.Write(&tags[i])
		}
	}
	return err
}

func TestGolden(t *testing.T) {
	for _, c := range golden {
		t.Run(c.name, func(t *testing.T) {
			want := unhex(t, c.file)
			var file bytes.Buffer
			if err := writeAll(&file, c.tags); err != nil || !bytes.Equal(file.Bytes(), want) {
				t.Errorf("written %x, %v; want %x", file.Bytes(), err, want)
			}
			got, err := readAll(iotest.OneByteReader(bytes.NewReader(want)))
			if err != io.EOF || !reflect.DeepEqual(got, c.tags) {
				t.Errorf("read %+v, %v; want %+v", got, err, c.tags)
			}
		})
	}
}

// TestRealFile reads what ffmpeg wrote, and writes it again byte for byte.
func TestRealFile(t *testing.T) {
	file, err := os.ReadFile("testdata/real.flv")
	if err != nil {
		t.Fatal(err)
	}
	tags, err := readAll(bytes.NewReader(file))
	if err != io.EOF {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, tag := range tags {
		count[fmt.Sprint(tag.Type)]++
	}
	if want := map[string]int{"8": 18, "9": 9, "18": 1}; !reflect.DeepEqual(count, want) {
		t.Errorf("tags by type %v, want %v", count, want)
	}
	var again bytes.Buffer
	if err := writeAll(&again, tags); err != nil || !bytes.Equal(again.Bytes(), file) {
		t.Errorf("written again it differs (%v)", err)
	}
}

func TestHeader(t *testing.T) {
	for want, announce := range map[string][2]bool{
		"464c56 01 05 00000009 00000000": {true, true},
		"464c56 01 04 00000009 00000000": {true, false},
		"464c56 01 01 00000009 00000000": {false, true},
	} {
		var file bytes.Buffer
		if _, err := NewWriter(&file, announce[0], announce[1]); err != nil || !bytes.Equal(file.Bytes(),
			unhex(t, want)) {
			t.Errorf("written %x, %v; want %s", file.Bytes(), err, want)
		}
	}
	longer := unhex(t, "464c56 01 01 0000000c ffffff 00000000")
	if tags, err := readAll(bytes.NewReader(longer)); err != io.EOF || tags != nil {
		t.Errorf("a longer header: %v, %v", tags, err)
	}
}

func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"nothing", "", "unexpected EOF"},
		{"short header", "464c5601", "unexpected EOF"},
		{"another format", "52494646 00000000 00000000",
			`flv: byte 0: the file begins with "RIFF": want "FLV\x01"`},
		{"version 2", "464c56 02 05 00000009 00000000",
			`flv: byte 0: the file begins with "FLV\x02": want "FLV\x01"`},
		{"header too small", "464c56 01 05 00000008 00000000",
			"flv: byte 5: a file header of 8 bytes: want 9 to 65536"},
		{"header too large", "464c56 01 05 ffffffff 00000000",
			"flv: byte 5: a file header of 4294967295 bytes: want 9 to 65536"},
		{"header cut", "464c56 01 05 00000010 00", "unexpected EOF"},
		{"no first size", "464c56 01 05 00000009 0000", "unexpected EOF"},
		{"wrong first size", "464c56 01 05 00000009 00000001",
			"flv: byte 9: the previous tag's size is given as 1: want 0"},
		{"cut in a tag header", start + "08 0000", "unexpected EOF"},
		{"cut in the data", start + "08 000002 000000 00 000000 af", "unexpected EOF"},
		{"cut before the size", start + "08 000001 000000 00 000000 af", "unexpected EOF"},
		{"wrong size", start + "08 000001 000000 00 000000 af 0000000d",
			"flv: byte 25: the previous tag's size is given as 13: want 12"},
		{"unknown type", start + "0a 000000 000000 00 000000 0000000b",
			"flv: byte 13: a tag of type 10: want 8, 9 or 18"},
		{"encrypted", start + "28 000000 000000 00 000000 0000000b",
			"flv: byte 13: a tag with flags 0x20, encrypted or reserved: want none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := readAll(bytes.NewReader(unhex(t, c.file))); err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestErrorStays(t *testing.T) {
	f, err := NewReader(bytes.NewReader(unhex(t, start+
		"0a 000000 000000 00 000000 0000000b 08 000000 000000 00 000000 0000000b")))
	if err != nil {
		t.Fatal(err)
	}
	var tag Tag
	first := f.Next(&tag)
	if second := f.Next(&tag); first == nil || second != first {
		t.Errorf("%v, then %v", first, second)
	}
}

func TestMaxTag(t *testing.T) {
	f, err := NewReader(bytes.NewReader(unhex(t, start+"08 000003 000000 00 000000")))
	if err != nil {
		t.Fatal(err)
	}
	f.limit = 2
	if err := f.Next(new(Tag)); err == nil || err.Error() != "flv: byte 13: a tag of 3 bytes; at most 2 are allowed" {
		t.Error(err)
	}
}

// TestLargeTag: data comes whole, and a size that is only declared costs little.
func TestLargeTag(t *testing.T) {
	tag := Tag{TypeVideo, 0, bytes.Repeat([]byte{1, 2, 3}, 1<<18)}
	var file bytes.Buffer
	if err := writeAll(&file, []Tag{tag}); err != nil {
		t.Fatal(err)
	}
	got, err := readAll(bytes.NewReader(file.Bytes()))
	if err != io.EOF || !reflect.DeepEqual(got, []Tag{tag}) {
		t.Errorf("%d tags, %v", len(got), err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := readAll(bytes.NewReader(unhex(t, start+"08 ffffff 000000 00 000000 af"))); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 100<<10 {
		t.Errorf("%d bytes allocated for one that came", n)
	}
}

func TestWriteErrors(t *testing.T) {
	broken := errors.New("broken")
	if _, err := NewWriter(failing{broken}, true, true); err != broken {
		t.Error(err)
	}
	w := Writer{w: failing{broken}}
	for want, tag := range map[string]Tag{
		"flv: a tag of 16777216 bytes to write; at most 16777215 fit": {Type: TypeAudio, Data: make([]byte, MaxTag+1)},
		"flv: a tag of type 20 to write: want 8, 9 or 18":             {Type: 20},
	} {
		if err := w.Write(&tag); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for range 2 {
		if err := w.Write(&Tag{Type: TypeAudio}); err != broken {
			t.Error(err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// FuzzFLV reads anything; what was read must survive being written and read again.
func FuzzFLV(f *testing.F) {
	for _, c := range golden {
		f.Add(unhex(f, c.file))
	}
	f.Add(unhex(f, start+"08 ffffff 000000 00 000000 af"))
	if recorded, err := os.ReadFile("testdata/real.flv"); err == nil {
		f.Add(recorded)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		tags, err := readAll(bytes.NewReader(file))
		if err == nil {
			t.Fatal("no end")
		}
		var again bytes.Buffer
		if err := writeAll(&again, tags); err != nil {
			t.Fatal(err)
		}
		back, err := readAll(&again)
		if err != io.EOF || !reflect.DeepEqual(back, tags) {
			t.Fatalf("%d tags written, %d read, %v", len(tags), len(back), err)
		}
	})
}
