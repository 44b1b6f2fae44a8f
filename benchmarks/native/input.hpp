// What dump.py writes: int64 arrays, each preceded by its length.
#pragma once
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

using Words = std::vector<int64_t>;

enum Kind { WORK, REVIEW, SEND, FOR_EACH };
constexpr int ROW_WIDTH = 12;

// One row of the program. `then`: what follows the answers; of a FOR_EACH, what follows each word.
struct Row {
    int64_t kind, task, stream, verdict, use, verdict_use, asker, to_asker, content, form, machine, entry;
};

struct Input {
    Words settings, opened, ids, openers, priorities, own, audience_first, audience, place_keys;
    Words window_first, opens, closes, clerks, open_before, station_of, times, own_time, delay, rows, then, rank;

    explicit Input(const std::string& path) : file(std::fopen(path.c_str(), "rb")) {
        if (!file) throw std::runtime_error("cannot open " + path);
        for (Words* words : {&settings, &opened, &ids, &openers, &priorities, &own, &audience_first, &audience,
                             &place_keys, &window_first, &opens, &closes, &clerks, &open_before, &station_of, &times,
                             &own_time, &delay, &rows, &then, &rank})
            read(*words);
        std::fclose(file);
    }

    const Row& row(int64_t number) const { return reinterpret_cast<const Row*>(rows.data())[number]; }

private:
    std::FILE* file;

    void read(Words& words) {
        int64_t length = 0;
        if (std::fread(&length, 8, 1, file) != 1) throw std::runtime_error("the input is too short");
        words.resize(length);
        if (std::fread(words.data(), 8, length, file) != size_t(length)) throw std::runtime_error("the input is too short");
    }
};
static_assert(sizeof(Row) == 8 * ROW_WIDTH, "a row is twelve words");

// Order of `settings`.
enum Setting { SEED, REPLICATION, END, GRAIN, TASKS, WORDS, OWN_STREAM, RULING, NOTHING, DONE_WORD, FIRST_ROW, LOSS_PPM };
