// Rows as sim/ledger.py packs them, byte by byte, and their order: by case, serial, step.
#pragma once
#include <cstdint>
#include <memory>
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
    int16_t sender, receiver, via, content; int8_t form; int32_t version; bool machine, sealed;
    int32_t last() const { return step; }
};
#pragma pack(pop)
static_assert(sizeof(Step) == 67 && sizeof(Leg) == 56 && sizeof(Message) == 50, "rows are packed");

// Rows as they come, in blocks: growing never copies what is there.
template <class Row> class Blocks {
public:
    void add(const Row& row) {
        if (count % ROWS == 0) blocks.emplace_back(new Row[ROWS]);
        blocks.back()[count++ % ROWS] = row;
    }
    template <class Act> void each(Act act) const {
        for (size_t k = 0; k < count; ++k) act(blocks[k / ROWS][k % ROWS]);
    }
    size_t size() const { return count; }

private:
    static constexpr size_t ROWS = 1 << 14;
    std::vector<std::unique_ptr<Row[]>> blocks;
    size_t count = 0;
};

struct Ledger {
    std::vector<Step> steps;
    std::vector<Leg> legs;
    std::vector<Message> messages;
    std::vector<int64_t> closed;
    std::vector<int16_t> word;
};

// Counting sort by case, then insertion within a case, which is nearly in order already.
template <class Row> std::vector<Row> sorted_rows(const Blocks<Row>& rows, size_t cases) {
    std::vector<size_t> first(cases + 1);
    rows.each([&](const Row& row) { ++first[row.number + 1]; });
    for (size_t k = 0; k < cases; ++k) first[k + 1] += first[k];
    std::vector<Row> sorted(rows.size());
    std::vector<size_t> next(first.begin(), first.end() - 1);
    rows.each([&](const Row& row) {
        size_t place = next[row.number]++;
        for (const size_t begin = first[row.number]; place > begin; --place) {
            const Row& before = sorted[place - 1];
            if (std::pair(before.serial, before.last()) < std::pair(row.serial, row.last())) break;
            sorted[place] = before;
        }
        sorted[place] = row;
    });
    return sorted;
}
