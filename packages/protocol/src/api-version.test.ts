import { describe, expect, it } from 'vitest'
import { apiFeatures, knownApiVersions } from './api-version.js'

describe('apiFeatures', () => {
  it.each(knownApiVersions)('knows %s', (version) => {
    expect(apiFeatures(version)).toBeDefined()
  })

  it.each(['2016-10-01', '7.0'])('hides recoverableDays at %s', (version) => {
    expect(apiFeatures(version)).toEqual({ recoverableDays: false, previousVersion: false, outContentType: false })
  })

  it.each(['7.1', '7.3', '7.4-preview.1', '7.6', '7.6-preview.2'])(
    'shows recoverableDays and no more at %s',
    (version) => {
      expect(apiFeatures(version)).toEqual({ recoverableDays: true, previousVersion: false, outContentType: false })
    },
  )

  it.each(['2025-06-01-preview', '2025-07-01', '2026-01-01-preview', '2026-04-01', '2031-12-24', '2031-12-24-preview'])(
    'shows previousVersion and takes outContentType at %s',
    (version) => {
      expect(apiFeatures(version)).toEqual({ recoverableDays: true, previousVersion: true, outContentType: true })
    },
  )

  it.each([
    '',
    '7',
    '7.7',
    '7.0.1',
    'v7.3',
    '2016-10-02',
    '2015-06-01',
    '2020-01-01',
    '2026-13-01',
    '2026-02-30',
    '2026-4-1',
    'latest',
    '7.3 ',
  ])('refuses %j', (version) => {
    expect(apiFeatures(version)).toBeUndefined()
  })
})
