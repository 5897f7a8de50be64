#include "command.hpp"

int main(int argc, char** argv) { return ringlet::cli::run_program(argc, argv); }
