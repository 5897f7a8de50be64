#include "model/tensors.hpp"

#include <span>

#include "base/features.hpp"
#include "model/layer_sizes.hpp"

namespace ringlet {
namespace {

/// Whether this build has a tensor. required_features.hpp refuses models with the others.
constexpr bool is_built(const TensorRow& row) {
  return (features::families || row.presence != Presence::families) &&
         (features::recurrent || row.presence != Presence::recurrent) &&
         (features::per_layer || row.presence != Presence::per_layer);
}

/// Visits the tensors of rows that are present in a table of the schema.
struct Walk {
  Extents extents;
  bool tied_embedding;
  Status (*visit)(void*, const TensorRef&);
  void* user_data;

  Status over(std::span<const TensorRow> rows, const void* table, std::int64_t layer) const {
    for (const TensorRow& row : rows) {
      const auto* tensor =
          static_cast<const flatbuffers::Table*>(table)->GetPointer<const void*>(row.field);
      if (tensor == nullptr || (row.presence == Presence::untied && tied_embedding)) continue;
      const bool is_matrix = row.is_matrix();
      const Status status = visit(
          user_data,
          {.name = row.name,
           .layer = layer,
           .matrix = is_matrix ? static_cast<const schema::Matrix*>(tensor) : nullptr,
           .vector = is_matrix ? nullptr : static_cast<const schema::Vector*>(tensor),
           .rows = extents[static_cast<std::size_t>(row.rows)],
           .columns = extents[static_cast<std::size_t>(row.columns)],
           .is_decay = row.rows == Extent::state_heads && row.field == schema::Layer::VT_DECAY,
           .is_table = row.columns == Extent::per_layer_all});
      if (!status.ok()) return status;
    }
    return {};
  }
};

}  // namespace

Status for_each_tensor(const schema::Model& model, const Architecture& a,
                       Status (*visit)(void*, const TensorRef&), void* user_data) {
  Walk walk{extents_of(a), a.tied_embedding, visit, user_data};
  Status status = walk.over(rows_where<tensors_before_layers, is_built>, &model, -1);
  for (std::uint32_t i = 0; i < a.layers && status.ok(); ++i) {
    const schema::Layer* layer = model.layers()->Get(i);
    if (features::per_layer) {
      walk.extents = extents_of(with_sizes_of(a, *layer), kind_of(*layer));
    } else if (features::recurrent) {
      walk.extents = extents_of(a, kind_of(*layer));
    }
    status = walk.over(rows_where<layer_tensors, is_built>, layer, i);
  }
  if (layers_differ) walk.extents = extents_of(a);
  if (status.ok()) status = walk.over(rows_where<tensors_after_layers, is_built>, &model, -1);
  return status;
}

}  // namespace ringlet
