// A QEMU plugin that counts the instructions of a program, in total and by function. The counts are
// exact and the same in every run.
//
//   c++ -std=c++20 -O2 -shared -fPIC -o counter.so instruction_counter.cpp
//   qemu-aarch64 -plugin ./counter.so,functions=20 -d plugin PROGRAM
//
// The interface is version 1 of QEMU's documentation "QEMU TCG Plugins" (QEMU 6.0 to 8.x). Debian
// packages no header for it, so the declarations in use are here.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <vector>

extern "C" {
using qemu_plugin_id_t = std::uint64_t;
struct qemu_plugin_tb;    // a block of translated code
struct qemu_plugin_insn;  // an instruction of it
struct qemu_info_t;       // not looked into
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t,
                                           void (*)(qemu_plugin_id_t, qemu_plugin_tb*));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void*), void*);
std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb*);
qemu_plugin_insn* qemu_plugin_tb_get_insn(const qemu_plugin_tb*, std::size_t);
const char* qemu_plugin_insn_symbol(const qemu_plugin_insn*);
void qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_insn*, qemu_plugin_op, void*,
                                                std::uint64_t);
void qemu_plugin_outs(const char*);

__attribute__((visibility("default"))) extern int qemu_plugin_version;
int qemu_plugin_version = 1;
}

namespace {

std::mutex translation;                        // threads translate one at a time
std::map<std::string, std::uint64_t> counted;  // by function; nodes stay where they are
std::size_t functions = 0;                     // how many to print

/// Called once for every block: from then on each instruction adds one when it is executed.
void count_block(qemu_plugin_id_t, qemu_plugin_tb* block) {
  const std::lock_guard lock(translation);
  for (std::size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
    qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
    const char* name = qemu_plugin_insn_symbol(instruction);
    std::uint64_t& count = counted[name != nullptr ? name : "(no symbol)"];
    qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, &count, 1);
  }
}

void print_counts(qemu_plugin_id_t, void*) {
  std::vector<std::pair<std::uint64_t, std::string>> sorted;
  std::uint64_t total = 0;
  for (const auto& [name, count] : counted) {
    total += count;
    sorted.emplace_back(count, name);
  }
  std::sort(sorted.rbegin(), sorted.rend());
  sorted.resize(std::min(sorted.size(), functions));
  qemu_plugin_outs(("instructions " + std::to_string(total) + "\n").c_str());
  for (const auto& [count, name] : sorted) {
    qemu_plugin_outs((std::to_string(count) + " " + name + "\n").c_str());
  }
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id,
                                                                          const qemu_info_t*,
                                                                          int argc, char** argv) {
  for (int i = 0; i < argc; ++i) {
    char* end = nullptr;
    if (std::strncmp(argv[i], "functions=", 10) == 0) {
      functions = std::strtoul(argv[i] + 10, &end, 10);
    }
    if (end == nullptr || *end != '\0') {
      std::fprintf(stderr, "instruction_counter: unknown option '%s'; there is functions=N\n",
                   argv[i]);
      return 1;
    }
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
  qemu_plugin_register_atexit_cb(id, print_counts, nullptr);
  return 0;
}
