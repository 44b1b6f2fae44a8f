// engine INPUT rows|totals REPEATS [OUT]: runs the input REPEATS times and prints seconds (wall and processor), events,
// peak memory as JSON.
#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>

#include "engine.hpp"

static long peak_kilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmHWM:", 0) == 0) return std::stol(line.substr(6));
    return -1;
}

template <class Item> static void write(std::ofstream& out, const std::vector<Item>& items) {
    const int64_t length = int64_t(items.size());
    out.write(reinterpret_cast<const char*>(&length), 8);
    out.write(reinterpret_cast<const char*>(items.data()), std::streamsize(length * sizeof(Item)));
}

template <bool KEEP> static int measure(const Input& input, int repeats, const char* out_path) {
    std::string seconds, cpu;
    const long before = peak_kilobytes();
    for (int k = 0; k < repeats; ++k) {
        const auto began = std::chrono::steady_clock::now();
        const std::clock_t busy = std::clock();
        Engine<KEEP> engine(input);
        engine.run();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
        cpu += (k ? ", " : "") + std::to_string(double(std::clock() - busy) / CLOCKS_PER_SEC);
        seconds += (k ? ", " : "") + std::to_string(took.count());
        if (k + 1 < repeats) continue;
        std::cout << "{\"seconds\": [" << seconds << "], \"cpu\": [" << cpu << "], \"events\": " << engine.events << ", \"most_frames\": " << engine.most;
        if (out_path) {
            std::ofstream out(out_path, std::ios::binary);
            write(out, engine.ledger.closed);
            write(out, engine.ledger.word);
            write(out, engine.ledger.steps);
            write(out, engine.ledger.legs);
            write(out, engine.ledger.messages);
        }
    }
    std::cout << ", \"before_kb\": " << before << ", \"peak_kb\": " << peak_kilobytes() << "}\n";
    return 0;
}

int main(int count, char** words) {
    if (count < 4) {
        std::cerr << "usage: engine INPUT rows|totals REPEATS [OUT]\n";
        return 2;
    }
    const Input input(words[1]);
    const char* out = count > 4 ? words[4] : nullptr;
    const int repeats = std::stoi(words[3]);
    return std::strcmp(words[2], "rows") == 0 ? measure<true>(input, repeats, out) : measure<false>(input, repeats, out);
}
