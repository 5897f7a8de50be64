// Everything an application needs.
#pragma once

#include "ringlet/language.hpp"  // first

#include "ringlet/accelerator.hpp"
#include "ringlet/chat.hpp"
#include "ringlet/config.hpp"
#include "ringlet/execution.hpp"
#include "ringlet/image.hpp"
#include "ringlet/kernels.hpp"
#include "ringlet/memory_plan.hpp"
#include "ringlet/model.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/signature.hpp"
#include "ringlet/status.hpp"
#include "ringlet/tokenizer.hpp"
