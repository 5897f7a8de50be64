// Bytes at a chosen alignment and of an exact size, so that AddressSanitizer sees the first byte
// beyond.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <span>
#include <utility>

namespace ringlet::test {

class AlignedBytes {
 public:
  static constexpr std::size_t alignment = 64;

  AlignedBytes() = default;
  explicit AlignedBytes(std::size_t size, std::byte fill = std::byte{0})
      : data_(static_cast<std::byte*>(::operator new (size, std::align_val_t{alignment}))),
        size_(size) {
    std::memset(data_, std::to_integer<int>(fill), size);
  }
  explicit AlignedBytes(std::span<const std::byte> source) : AlignedBytes(source.size()) {
    if (!source.empty()) std::memcpy(data_, source.data(), source.size());
  }
  AlignedBytes(const AlignedBytes& other) : AlignedBytes(other.span()) {}
  AlignedBytes(AlignedBytes&& other) noexcept { swap(other); }
  AlignedBytes& operator=(AlignedBytes other) noexcept {
    swap(other);
    return *this;
  }
  ~AlignedBytes() { ::operator delete (data_, std::align_val_t{alignment}); }

  [[nodiscard]] std::byte* data() noexcept { return data_; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<std::byte> span() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<const std::byte> span() const noexcept { return {data_, size_}; }
  std::byte& operator[](std::size_t i) noexcept { return data_[i]; }

  /// The whole storage as elements of another type.
  template <typename T>
  [[nodiscard]] T* as() noexcept {
    return reinterpret_cast<T*>(data_);
  }

 private:
  void swap(AlignedBytes& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace ringlet::test
