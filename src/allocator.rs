//! mimalloc, asked the short way. The binding that is published asks for every block with its alignment, which takes five
//! times the instructions of `mi_malloc` and puts many small blocks into larger ones; nearly everything here needs no more
//! alignment than `mi_malloc` gives anyway. Huge pages are off (the feature `no_thp`): they made a run of one file twice as
//! large, one of thousands too, and none faster.
#![allow(unsafe_code)]

use libmimalloc_sys::{
    mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc, mi_zalloc_aligned,
};
use std::alloc::{GlobalAlloc, Layout};

/// The allocator of the command, and of what measures it.
pub struct Mimalloc;

/// Bytes to which mimalloc aligns every block of at least that size (`MI_MAX_ALIGN_SIZE`); smaller ones are aligned to
/// the power of two that is not above their size.
const NATURAL: usize = 16;

/// Whether a block of the size has the alignment without being asked.
fn is_natural(align: usize, size: usize) -> bool {
    align <= NATURAL && align <= size
}

// SAFETY: every block comes from mimalloc and goes back to it, `mi_free` and both ways to reallocate take blocks of either
// way to allocate, and a block that is asked for without its alignment has it by `is_natural`.
unsafe impl GlobalAlloc for Mimalloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        let block = match is_natural(align, size) {
            true => unsafe { mi_malloc(size) },
            false => unsafe { mi_malloc_aligned(size, align) },
        };
        block.cast()
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let (size, align) = (layout.size(), layout.align());
        let block = match is_natural(align, size) {
            true => unsafe { mi_zalloc(size) },
            false => unsafe { mi_zalloc_aligned(size, align) },
        };
        block.cast()
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        unsafe { mi_free(block.cast()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let align = layout.align();
        let block = match is_natural(align, size) {
            true => unsafe { mi_realloc(block.cast(), size) },
            false => unsafe { mi_realloc_aligned(block.cast(), size, align) },
        };
        block.cast()
    }
}
