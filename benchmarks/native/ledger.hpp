// Rows as sim/ledger.py packs them, byte by byte, and their order: by case, serial, step.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#pragma pack(push, 1)
struct Step {
    int64_t number; int32_t serial, step, row; int16_t task; int32_t station;
    int64_t queued, began, ended, work; int8_t answer; int32_t ruling, version;
    int32_t last() const { return step; }
};
struct Leg {
    int64_t number; int32_t serial, parent; int16_t place, round; int64_t began, ended; int16_t word, clock;
    int64_t due, lateness;
    int32_t last() const { return serial; }
};
struct Message {
    int64_t number; int32_t serial, step; int16_t protocol; int64_t begun, arrives; bool lost;
    int16_t sender, receiver, via, content; int8_t form; int32_t version; bool machine;
    int32_t last() const { return step; }
};
#pragma pack(pop)
static_assert(sizeof(Step) == 67 && sizeof(Leg) == 56 && sizeof(Message) == 49, "rows are packed");

struct Ledger {
    std::vector<Step> steps;
    std::vector<Leg> legs;
    std::vector<Message> messages;
    std::vector<int64_t> closed;
    std::vector<int16_t> word;
};

// Counting sort by case, then insertion within a case, which is nearly in order already.
template <class Row> void sort(std::vector<Row>& rows, size_t cases) {
    std::vector<size_t> first(cases + 1);
    for (const Row& row : rows) ++first[row.number + 1];
    for (size_t k = 0; k < cases; ++k) first[k + 1] += first[k];
    std::vector<Row> sorted(rows.size());
    std::vector<size_t> next(first.begin(), first.end() - 1);
    for (const Row& row : rows) {
        size_t place = next[row.number]++;
        for (const size_t begin = first[row.number]; place > begin; --place) {
            const Row& before = sorted[place - 1];
            if (std::pair(before.serial, before.last()) < std::pair(row.serial, row.last())) break;
            sorted[place] = before;
        }
        sorted[place] = row;
    }
    rows = std::move(sorted);
}
