// What JavaScript sees of the module: functions of numbers and addresses in its linear memory.
#pragma once

/// Makes a function an export of the module under its own name.
#define RINGLET_EXPORT(name) extern "C" __attribute__((export_name(#name)))
