// SPDX-License-Identifier: GPL-2.0-only
// What a run gave, not typed in: `kpv review device-coherent/v2/3 --scenario beside/c/pin-slow.dontneed
// --format json`, with one finding and one scenario of it kept. No test of a format runs anything.

import type { Review } from '../../verifier/report/review.ts';

export const INTERLEAVED: Review = {
 "schema": "kpv.review/1",
 "target": "device-coherent/v2/3",
 "kernel": "v5.15",
 "base": "base",
 "switches": {},
 "patches": [
  {
   "id": "device-coherent/v2/3",
   "number": 3,
   "subject": "mm/gup: migrate PIN_LONGTERM dev coherent pages to system",
   "messageId": "20211206185251.20646-4-alex.sierra@amd.com",
   "verdict": "regression",
   "reason": "1 new finding, none fixed, outcomes differ in 1 scenario",
   "apply": {
    "status": "applied",
    "files": [
     "mm/gup.ts"
    ],
    "typeErrors": 0,
    "conflicts": [],
    "lines": null,
    "notModelled": []
   },
   "findings": [
    {
     "rule": "use-after-free",
     "code": "KPV0101",
     "fingerprint": "1f57897796d436dc",
     "layer": "interleaving",
     "state": "new",
     "function": "migrate_device_page",
     "file": "mm/gup.ts",
     "line": 1056,
     "c": {
      "file": "mm/gup.c",
      "function": "migrate_device_page",
      "line": null
     },
     "scenario": "beside/c/pin-slow.dontneed",
     "config": "default",
     "message": "device page 0x1007->pgmap is read by P, but its driver has it on the free list; it takes Q: madvise(MADV_DONTNEED) on page 0; before the patch in no run, after it in 2 runs",
     "replay": "kpv1:WyJkZXZpY2UtY29oZXJlbnQvdjIvMyIsImEiLCJiZXNpZGUvYy9waW4tc2xvdy5kb250bmVlZCIsIkdSQUJfRk9STT04ODZkIiwiZGVmYXVsdCIsIjAuMTM5LTEuMzM3LTAuIiwidXNlLWFmdGVyLWZyZWUiLCJtaWdyYXRlX2RldmljZV9wYWdlIiwiYWEyZWVlYjQiLCIxZjU3ODk3NyJd",
     "steps": 20,
     "preemptions": 1,
     "places": [
      {
       "label": "if (page.pgmap && page.pgmap.ops.migrate_to_ram)",
       "file": "mm/gup.ts",
       "line": 1056,
       "function": "migrate_device_page",
       "thread": "P"
      },
      {
       "label": "freed by",
       "file": "mm/memremap.ts",
       "line": 448,
       "function": "free_devmap_managed_page",
       "thread": "Q"
      },
      {
       "label": "called from return migrate_device_page(start + page_index * PAGE_SIZE, head)",
       "file": "mm/gup.ts",
       "line": 1129,
       "function": "check_and_migrate_movable_pages",
       "thread": null
      },
      {
       "label": "called from rc = check_and_migrate_movable_pages(start, rc, pages, gup_flags)",
       "file": "mm/gup.ts",
       "line": 1173,
       "function": "__gup_longterm_locked",
       "thread": null
      },
      {
       "label": "called from return __gup_longterm_locked(current().mm, start, nr_pages, pages, vmas, gup_flags)",
       "file": "mm/gup.ts",
       "line": 1637,
       "function": "pin_user_pages",
       "thread": null
      },
      {
       "label": "called from p.nr = pin_user_pages(addr, nr_pages, gup_flags, p.pages, null)",
       "file": "drivers/model/pin_user.ts",
       "line": 53,
       "function": "model_pin",
       "thread": null
      }
     ],
     "witness": [
      {
       "n": 1,
       "cpu": 0,
       "thread": "P",
       "file": "drivers/model/pin_user.ts",
       "line": 51,
       "function": "model_pin",
       "text": "mmap_read_lock(current().mm);",
       "reads": [],
       "writes": [
        "mmap_lock.readers"
       ],
       "values": [
        "mmap_lock taken for reading"
       ]
      },
      {
       "n": 2,
       "cpu": 0,
       "thread": "P",
       "file": "mm/gup.ts",
       "line": 393,
       "function": "follow_page_pte",
       "text": "ptep = pte_offset_map_lock(mm, pmd, address, ptl);",
       "reads": [],
       "writes": [
        "ptl.holder"
       ],
       "values": [
        "ptl taken"
       ]
      },
      {
       "n": 3,
       "cpu": 0,
       "thread": "P",
       "file": "mm/gup.ts",
       "line": 131,
       "function": "try_get_compound_head",
       "text": "if (!page_cache_add_speculative(head, refs))",
       "reads": [],
       "writes": [
        "atomic_t.counter"
       ],
       "values": [
        "refcount(device page 0x1007) 2 -> 3"
       ]
      },
      {
       "n": 4,
       "cpu": 0,
       "thread": "P",
       "file": "mm/gup.ts",
       "line": 161,
       "function": "try_grab_compound_head",
       "text": "page_ref_add(page, refs * (GUP_PIN_COUNTING_BIAS - 1));",
       "reads": [],
       "writes": [
        "atomic_t.counter"
       ],
       "values": [
        "refcount(device page 0x1007) 3 -> 1026"
       ]
      },
      {
       "n": 5,
       "cpu": 0,
       "thread": "P",
       "file": "mm/gup.ts",
       "line": 472,
       "function": "follow_page_pte",
       "text": "pte_unmap_unlock(ptep, ptl.v);",
       "reads": [],
       "writes": [
        "ptl.holder"
       ],
       "values": [
        "ptl released"
       ]
      },
      {
       "n": 6,
       "cpu": 0,
       "thread": "P",
       "file": "mm/gup.ts",
       "line": 121,
       "function": "put_page_refs",
       "text": "page_ref_sub(page, refs - 1);",
       "reads": [],
       "writes": [
        "atomic_t.counter"
       ],
       "values": [
        "refcount(device page 0x1007) 1026 -> 3"
       ]
      },
      {
       "n": 7,
       "cpu": 0,
       "thread": "P",
       "file": "mm/swap.ts",
       "line": 651,
       "function": "put_devmap_managed_page",
       "text": "count = page_ref_dec_return(page);",
       "reads": [],
       "writes": [
        "atomic_t.counter"
       ],
       "values": [
        "refcount(device page 0x1007) 3 -> 2"
       ]
      },
      {
       "n": 8,
       "cpu": 0,
       "thread": "P",
       "file": "mm/mmap.ts",
       "line": 683,
       "function": "find_vma",
       "text": "mmap_assert_locked(mm);",
       "reads": [],
       "writes": [],
       "values": [
        "preempted"
       ]
      },
      {
       "n": 9,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/madvise.ts",
       "line": 306,
       "function": "do_madvise",
       "text": "mmap_read_lock(mm);",
       "reads": [],
       "writes": [
        "mmap_lock.readers"
       ],
       "values": [
        "mmap_lock taken for reading"
       ]
      },
      {
       "n": 10,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/memory.ts",
       "line": 798,
       "function": "zap_pte_range",
       "text": "start_pte = pte_offset_map_lock(mm, pmd, addr, ptl);",
       "reads": [],
       "writes": [
        "ptl.holder"
       ],
       "values": [
        "ptl taken"
       ]
      },
      {
       "n": 11,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/memory.ts",
       "line": 819,
       "function": "zap_pte_range",
       "text": "ptent = ptep_get_and_clear_full(mm, addr, pte, tlb.fullmm);",
       "reads": [],
       "writes": [
        "pte_cell.pte"
       ],
       "values": [
        "pte(0x10000000) 0x1007 rw -> none"
       ]
      },
      {
       "n": 12,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/rmap.ts",
       "line": 562,
       "function": "page_remove_rmap",
       "text": "if (!atomic_add_negative(-1, page._mapcount))",
       "reads": [],
       "writes": [
        "atomic_t.counter"
       ],
       "values": [
        "mapcount(device page 0x1007) 1 -> 0"
       ]
      },
      {
       "n": 13,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/memory.ts",
       "line": 891,
       "function": "zap_pte_range",
       "text": "pte_unmap_unlock(start_pte, ptl.v);",
       "reads": [],
       "writes": [
        "ptl.holder"
       ],
       "values": [
        "ptl released"
       ]
      },
      {
       "n": 14,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/swap.ts",
       "line": 651,
       "function": "put_devmap_managed_page",
       "text": "count = page_ref_dec_return(page);",
       "reads": [],
       "writes": [
        "atomic_t.counter"
       ],
       "values": [
        "refcount(device page 0x1007) 2 -> 1"
       ]
      },
      {
       "n": 15,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/memremap.ts",
       "line": 447,
       "function": "free_devmap_managed_page",
       "text": "page.mapping = null;",
       "reads": [],
       "writes": [
        "device page 0x1007.mapping"
       ],
       "values": [
        "mapping(device page 0x1007) anon_mapping -> NULL"
       ]
      },
      {
       "n": 16,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/memremap.ts",
       "line": 448,
       "function": "free_devmap_managed_page",
       "text": "page.pgmap.ops.page_free(page);",
       "reads": [],
       "writes": [
        "device page 0x1007.free"
       ],
       "values": [
        "device page 0x1007 freed"
       ]
      },
      {
       "n": 17,
       "cpu": 1,
       "thread": "Q",
       "file": "drivers/model/device.ts",
       "line": 300,
       "function": "model_devmem_free",
       "text": "spin_lock(dev.lock);",
       "reads": [],
       "writes": [
        "model_device.holder"
       ],
       "values": [
        "model_device taken"
       ]
      },
      {
       "n": 18,
       "cpu": 1,
       "thread": "Q",
       "file": "drivers/model/device.ts",
       "line": 304,
       "function": "model_devmem_free",
       "text": "spin_unlock(dev.lock);",
       "reads": [],
       "writes": [
        "model_device.holder"
       ],
       "values": [
        "model_device released"
       ]
      },
      {
       "n": 19,
       "cpu": 1,
       "thread": "Q",
       "file": "mm/madvise.ts",
       "line": 349,
       "function": "do_madvise",
       "text": "mmap_read_unlock(mm);",
       "reads": [],
       "writes": [
        "mmap_lock.readers"
       ],
       "values": [
        "mmap_lock released for reading"
       ]
      },
      {
       "n": 20,
       "cpu": 0,
       "thread": "P",
       "file": "mm/gup.ts",
       "line": 1056,
       "function": "migrate_device_page",
       "text": "if (page.pgmap && page.pgmap.ops.migrate_to_ram)",
       "reads": [],
       "writes": [],
       "values": []
      }
     ],
     "cycle": null
    }
   ],
   "scenarios": [
    {
     "id": "beside/c/pin-slow.dontneed",
     "threads": 2,
     "before": {
      "status": "ran",
      "executions": 13,
      "blocked": 0,
      "events": 300,
      "bound": null,
      "states": null,
      "outcomes": [
       {
        "key": "P.pin=1 Q.dontneed=0 page0=none",
        "executions": 5
       },
       {
        "key": "P.pin=1 Q.dontneed=0 page0=system",
        "executions": 8
       }
      ]
     },
     "after": {
      "status": "ran",
      "executions": 383,
      "blocked": 9,
      "events": 18529,
      "bound": null,
      "states": null,
      "outcomes": [
       {
        "key": "P.pin=1 Q.dontneed=0 page0=none",
        "executions": 13
       },
       {
        "key": "P.pin=1 Q.dontneed=0 page0=system",
        "executions": 355
       },
       {
        "key": "Q.dontneed=0 end=use-after-free",
        "executions": 9
       },
       {
        "key": "end=use-after-free",
        "executions": 6
       }
      ]
     },
     "added": [
      "Q.dontneed=0 end=use-after-free",
      "end=use-after-free"
     ],
     "removed": []
    }
   ],
   "costs": [],
   "unreached": []
  }
 ],
 "complete": true,
 "limits": [
  "memory order is sequential consistency"
 ]
};
