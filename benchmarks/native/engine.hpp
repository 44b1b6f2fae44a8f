// The engine rules in C++ for programs of Work, Review without law, Send without loss, and ForEach until all: frames,
// one event moves one frame until it blocks, children start and parents wake by events of the same tick.
#pragma once
#include "calendar.hpp"
#include "chance.hpp"
#include "desk.hpp"
#include "input.hpp"
#include "ledger.hpp"

constexpr int64_t OWN = INT64_MIN;     // in place of the row: a desk's own work, without a script
constexpr int USES = 16;               // streams of one leg

enum Waits : int8_t { TO_START, SERVED, DELIVERED };

struct Frame {
    uint64_t id;
    int64_t number, row, began, queued, served, work;
    int32_t serial, parent, parent_serial, station, steps, left, word;
    uint32_t key;
    int16_t opener, place;
    int8_t priority;
    Waits waits;
    uint8_t used[USES];                // how often this leg began each stream (rule 56)
};

template <bool KEEP> class Engine {
public:
    explicit Engine(const Input& input) : in(input), key{uint32_t(in.settings[SEED]), uint32_t(in.settings[REPLICATION])},
                                          end(in.settings[END]), grain(in.settings[GRAIN]) {
        for (size_t k = 0; k + 1 < in.window_first.size(); ++k) {
            const int64_t first = in.window_first[k];
            desks.push_back({&in.opens[first], &in.closes[first], &in.clerks[first], &in.open_before[first],
                             in.window_first[k + 1] - first, {}});
        }
        ledger.closed.assign(in.opened.size(), -1);
        ledger.word.assign(in.opened.size(), -1);
        serials.assign(in.opened.size(), 0);
    }

    void run() {
        size_t next = 0;
        const size_t count = in.opened.size();
        while (true) {
            const int64_t arrives = next < count ? in.opened[next] : NEVER, due = calendar.tick();
            if (std::min(arrives, due) > end || std::min(arrives, due) == NEVER) break;
            ++events;
            if (arrives <= due) {      // an arrival precedes whatever else is due in its tick
                now = arrives;
                arrive(next++);
            } else {
                const Event event = calendar.pop();
                now = event.tick;
                handle(event);
            }
        }
        if (KEEP) {
            ledger.steps = sorted_rows(steps, count);
            ledger.legs = sorted_rows(legs, count);
            ledger.messages = sorted_rows(messages, count);
        }
    }

    Ledger ledger;
    std::vector<Desk> desks;
    int64_t events = 0, live = 0, most = 0;

private:
    const Input& in;
    const Key key;
    const int64_t end, grain;
    int64_t now = 0;
    Calendar calendar;
    std::vector<Frame> frames;
    std::vector<int32_t> free_slots;
    std::vector<uint16_t> serials;
    Blocks<Step> steps;
    Blocks<Leg> legs;
    Blocks<Message> messages;

    void at(int64_t tick, EventKind kind, int64_t number, int64_t last, int64_t slot) {
        if (tick <= end) calendar.push({tick, int64_t(kind) << 58 | number << 16 | last, slot});
    }

    int32_t create(int64_t number, int32_t parent, int64_t row) {
        int32_t slot = int32_t(frames.size());
        if (free_slots.empty()) {
            frames.emplace_back();
        } else {
            slot = free_slots.back();
            free_slots.pop_back();
        }
        most = std::max(most, ++live);
        Frame& frame = frames[slot] = Frame{};
        frame.id = in.ids[number], frame.number = number, frame.serial = serials[number]++, frame.row = row;
        frame.parent = parent, frame.parent_serial = -1, frame.began = now, frame.place = -1;
        frame.opener = int16_t(in.openers[number]), frame.priority = int8_t(in.priorities[number]);
        return slot;
    }

    void arrive(int64_t number) {
        if (in.own[number] < 0) return advance(create(number, -1, in.settings[FIRST_ROW]));
        const int32_t slot = create(number, -1, OWN);
        const uint64_t luck = bits(key, in.ids[number], 0, uint32_t(in.settings[OWN_STREAM]), 0);
        frames[slot].work = draw(in.own_time.data(), luck) / grain * grain;
        queue(slot, int32_t(in.own[number]));
    }

    void handle(const Event& event) {
        switch (event.rank >> 58) {
        case READY: return ready(int32_t(event.slot));
        case JOIN: return join(int32_t(event.slot));
        default: return event.slot >= 0 ? hand_out(desks[event.slot], event.slot) : wake(-1 - event.slot);
        }
    }

    void ready(int32_t slot) {
        Frame& frame = frames[slot];
        if (frame.waits == SERVED) return served(slot);
        if (frame.waits == DELIVERED) frame.row = in.then[in.row(frame.row).entry];
        advance(slot);
    }

    uint64_t luck(Frame& frame, int64_t stream, int64_t use) {
        return bits(key, frame.id, frame.key, uint32_t(stream), frame.used[use]++);
    }

    // One frame moves until it blocks.
    void advance(int32_t slot) {
        const int64_t number = frames[slot].row;
        if (number < 0) return finish(slot, int32_t(-1 - number));
        const Row& row = in.row(number);
        if (row.kind == SEND) return send(slot, row);
        if (row.kind == FOR_EACH) return for_each(slot, row);
        Frame& frame = frames[slot];
        const int64_t place = row.asker ? frame.opener : frame.place;
        frame.work = draw(&in.times[row.task * KNOTS], luck(frame, row.stream, row.use)) / grain * grain;
        queue(slot, int32_t(in.station_of[place * in.settings[TASKS] + row.task]));
    }

    void send(int32_t slot, const Row& row) {
        Frame& frame = frames[slot];
        const int64_t delay = draw(in.delay.data(), luck(frame, row.stream, row.use)) / grain * grain;
        const double loss = double(in.settings[LOSS_PPM]) * 1e-6;
        if (unit(luck(frame, row.verdict, row.verdict_use)) < loss) throw std::runtime_error("this port loses nothing");
        const int16_t from = row.asker ? frame.opener : frame.place, to = row.to_asker ? frame.opener : frame.place;
        if (KEEP) messages.add({frame.number, frame.serial, frame.steps, 0, now, now + delay, false, from, to,
                                             -1, int16_t(row.content), int8_t(row.form), -1, row.machine != 0, false});
        ++frame.steps;
        frame.waits = DELIVERED;
        at(now + delay, READY, frame.number, frame.serial, slot);
    }

    void for_each(int32_t slot, const Row& row) {
        const int64_t number = frames[slot].number, opener = frames[slot].opener;
        const int64_t first = in.audience_first[opener], last = in.audience_first[opener + 1];
        if (first == last) {
            frames[slot].row = in.then[row.entry + in.settings[NOTHING]];
            return advance(slot);
        }
        frames[slot].left = int32_t(last - first);
        frames[slot].word = -1;
        for (int64_t k = first; k < last; ++k) {
            const int32_t child = create(number, slot, row.task);
            Frame& leg = frames[child];
            leg.place = int16_t(in.audience[k]);
            leg.key = leg_key(frames[slot].key, uint64_t(in.place_keys[leg.place]), 0);
            leg.parent_serial = frames[slot].serial;
            leg.waits = TO_START;
            at(now, READY, number, leg.serial, child);
        }
    }

    void finish(int32_t slot, int32_t word) {
        const Frame frame = frames[slot];
        --live;
        free_slots.push_back(slot);
        if (KEEP) legs.add({frame.number, frame.serial, frame.parent_serial, frame.place, 0, frame.began, now,
                                         int16_t(word), -1, -1, -1});
        if (frame.parent < 0) return close(frame.number, word);
        Frame& parent = frames[frame.parent];
        if (parent.word < 0 || in.rank[word] < in.rank[parent.word]) parent.word = word;
        if (--parent.left == 0) at(now, JOIN, parent.number, parent.serial, frame.parent);
    }

    void close(int64_t number, int32_t word) {
        ledger.closed[number] = now;
        ledger.word[number] = int16_t(word);
    }

    void join(int32_t slot) {
        Frame& frame = frames[slot];
        frame.row = in.then[in.row(frame.row).entry + frame.word];
        advance(slot);
    }

    // Stations: every newcomer joins the queue, only a hand-out takes from it.
    void queue(int32_t slot, int32_t station) {
        Frame& frame = frames[slot];
        frame.station = station, frame.queued = now, frame.waits = SERVED;
        desks[station].join({frame.priority, now, frame.number << 16 | frame.serial, slot});
        call_hand_out(desks[station], station);
    }

    void call_hand_out(Desk& desk, int64_t station) {
        if (desk.busy < desk.clerks(now)) {
            if (desk.handed_out_at != now) {
                desk.handed_out_at = now;
                at(now, HAND_OUT, 0, station, station);
            }
        } else if (desk.wakes_at <= now) {
            desk.wakes_at = desk.next_change(now);
            at(desk.wakes_at, HAND_OUT, 0, station, -1 - station);
        }
    }

    void wake(int64_t station) {
        Desk& desk = desks[station];
        if (desk.handed_out_at != now && !desk.queue.empty()) hand_out(desk, station);
    }

    void hand_out(Desk& desk, int64_t station) {
        desk.handed_out_at = -1;
        while (desk.busy < desk.clerks(now) && !desk.queue.empty()) {
            const Waiting job = desk.take();
            Frame& frame = frames[job.slot];
            ++desk.busy, ++desk.began;
            desk.waited += now - job.queued;
            frame.served = now;
            at(desk.service_end(now, frame.work), READY, frame.number, frame.serial, job.slot);
        }
        if (!desk.queue.empty()) call_hand_out(desk, station);
    }

    void served(int32_t slot) {
        Frame& frame = frames[slot];
        Desk& desk = desks[frame.station];
        --desk.busy, ++desk.ended;
        desk.work += frame.work;
        if (!desk.queue.empty()) call_hand_out(desk, frame.station);
        const bool own = frame.row == OWN;
        const Row* row = own ? nullptr : &in.row(frame.row);
        const int32_t ruling = row && row->kind == REVIEW ? int32_t(in.settings[RULING]) : -1;
        if (KEEP) steps.add({frame.number, frame.serial, frame.steps, own ? 0 : int32_t(frame.row),
                                          int16_t(own ? -1 : row->task), frame.station, frame.queued, frame.served, now,
                                          frame.work, 0, ruling, -1});
        ++frame.steps;
        if (own) {
            close(frame.number, int32_t(in.settings[DONE_WORD]));
            --live;
            return free_slots.push_back(slot);
        }
        frame.row = in.then[row->entry];
        advance(slot);
    }
};
