#include "ringlet/observer.hpp"

#include "c/convert.hpp"

namespace {

void observe(void* observer, const ringlet::Observation& seen) {
  const auto& told = *static_cast<const ringlet_observer*>(observer);
  const ringlet_observation observation = {.position = seen.position,
                                           .rows = seen.rows,
                                           .tap = static_cast<ringlet_tap>(seen.tap),
                                           .layer = seen.layer,
                                           .tokens = seen.tokens,
                                           .columns = seen.columns,
                                           .stride = seen.stride,
                                           .session = seen.session};
  told.observe(told.user_data, &observation);
}

}  // namespace

void ringlet_session_set_observer(ringlet_session* session, const ringlet_observer* observer) {
  ringlet::Observer adapter;
  // The adapter does not write to it.
  if (observer != nullptr) adapter = {observe, const_cast<ringlet_observer*>(observer)};
  ringlet::c::object<ringlet::Session>(*session).set_observer(adapter);
}

bool ringlet_session_not_finite(const ringlet_session* session, ringlet_not_finite* where) {
  const auto fault = ringlet::c::object<ringlet::Session>(*session).not_finite();
  if (fault) *where = {fault->position, static_cast<ringlet_tap>(fault->tap), fault->layer};
  return fault.has_value();
}
